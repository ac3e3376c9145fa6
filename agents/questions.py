"""What a question asks for, and how well a sentence answers it: the one module to import."""

from __future__ import annotations

from agents.answering import AnswerFit, answers, non_answer
from agents.question_parts import (
    AnswerType,
    Question,
    SubQuestion,
    is_question,
    parse_question,
)
from agents.topics import topic_words

__all__ = [
    "AnswerFit",
    "AnswerType",
    "Question",
    "SubQuestion",
    "answers",
    "is_question",
    "non_answer",
    "parse_question",
    "topic_words",
]
