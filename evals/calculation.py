"""Redoing the arithmetic that a sentence shows for a figure its quotes do not state."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from itertools import permutations

from evals.figures import Figure, figures, normalise

__all__ = ["calculation_error", "operands"]

_OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def _arithmetic(expression: str) -> float | None:
    """The value of an expression of numbers, + - * / and brackets; None for anything else."""
    cleaned = normalise(expression).translate(str.maketrans("×÷", "*/"))
    cleaned = re.sub(r"(?<=\d),(?=\d{3})|[$€£¥]|\b[A-Z]{3}\b", "", cleaned)

    def value(node: ast.expr) -> float:
        match node:
            case ast.Constant(value=int() | float() as number):
                return float(number)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                return _OPERATORS[type(op)](value(left), value(right))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -value(operand)
        raise ValueError(ast.dump(node))

    try:
        return value(ast.parse(cleaned.strip(), mode="eval").body)
    except (SyntaxError, ValueError, ZeroDivisionError):
        return None


_IS = re.compile(r"\b(?:is|equals|makes)\b|=")
_MEASURED = {"number", "percent", "point", "basis point", "factor"}


def _in_words(calculation: str) -> tuple[list[Figure], Figure] | None:
    """Operands and result of "46 of 69 is 66.7 percent" or "8 is 2 times 4"; else None."""
    text = normalise(calculation)
    found = [f for f in figures(text) if f.kind in _MEASURED]
    equals = _IS.search(text)
    if equals is None or len(found) != 3:
        return None
    result = next((f for f in found if f.start >= equals.end()), None)
    return None if result is None else ([f for f in found if f is not result], result)


def _relation_error(calculation: str, parts: list[Figure], result: Figure) -> str | None:
    """None when the result is some sum, difference, product, share or change of the operands,
    to a rounding of one percent."""
    for a, b in permutations((f.value for f in parts), 2):
        values = [a + b, a - b, a * b]
        if b:
            values += [a / b, 100 * a / b, 100 * (a - b) / b]
        if any(abs(abs(v) - abs(result.value)) <= 0.01 * abs(v) + 1e-9 for v in values):
            return None
    return f"the figures do not give {result.text!r}: {calculation}"


def operands(calculation: str) -> list[Figure]:
    """The figures a shown calculation starts from; empty when it is a count or a note."""
    if (parts := _in_words(calculation)) is not None:
        return parts[0]
    left, equals, _ = normalise(calculation).partition("=")
    # "- 1" and "* 100" belong to the arithmetic, not to the evidence.
    measured = [f for f in figures(left) if f.kind in _MEASURED and f.value not in {1.0, 100.0}]
    return measured if equals and re.search(r"[-+*/×÷]", left) else []


def calculation_error(calculation: str) -> str | None:
    """What is wrong with "9,751 / 7,176 - 1 = 0.36"; None when right or not arithmetic.

    Rounding to the last digit that the result shows is right.
    """
    if (parts := _in_words(calculation)) is not None:
        return _relation_error(calculation, *parts)
    left, equals, right = calculation.rpartition("=")
    shown = re.search(r"-?\d[\d,]*(?:\.(\d+))?\s?(%?)", normalise(right))
    result = _arithmetic(left.rpartition("=")[2].rpartition(":")[2]) if equals else None
    if result is None or shown is None:
        return None
    stated = float(re.sub(r"[,%\s]", "", shown.group()))
    percent = 100 * result if shown[2] else result
    unit = 10.0 ** -len(shown[1] or "")
    if min(abs(stated - result), abs(stated - percent)) <= 0.51 * unit:
        return None
    return f"{left.strip()} is {result:g}, not {right.strip()}"
