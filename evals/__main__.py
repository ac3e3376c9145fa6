"""`python -m evals`."""

from evals.run import main

raise SystemExit(main())
