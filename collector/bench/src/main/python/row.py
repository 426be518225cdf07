"""How a row of the comparison says what it shows. One file a row in rows/, with a measure(bench, results) and a ROW."""

from dataclasses import dataclass, field
from typing import Callable


@dataclass(frozen=True)
class Column:
    """A figure: its heading, the metric it shows, digits after the point."""

    heading: str
    metric: str
    digits: int = 1
    spread: bool = True


@dataclass(frozen=True)
class Goal:
    """What must be reached. `why` is shown when it is missed, and only then."""

    text: str
    figure: Callable  # results -> number, or None when it wasn't measured
    limit: float
    at_least: bool = False
    unit: str = ""
    why: str = ""

    def met(self, figure):
        return figure >= self.limit if self.at_least else figure <= self.limit


@dataclass(frozen=True)
class Plot:
    """Bars of one metric, or lines of one metric over the number that the case's name begins with."""

    name: str
    title: str
    metric: str
    unit: str
    lines: bool = False
    across: str = ""
    cases: Callable = lambda case: True
    logarithmic: bool = False


@dataclass(frozen=True)
class Row:
    name: str
    title: str
    text: str  # how it is measured
    contenders: dict  # name -> what it is, in the order of the tables
    columns: list
    goals: list
    measure: Callable
    plots: list = field(default_factory=list)
