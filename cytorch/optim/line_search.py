"""Line search for the strong Wolfe conditions (Nocedal and Wright, algorithms 3.5 and 3.6)."""
from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from cytorch import Tensor

# Sufficient decrease and curvature constants.
_DECREASE, _CURVATURE = 1e-4, 0.9


@dataclass
class _Point:
    """A distance along the direction, with loss, gradient and slope there."""

    distance: float
    loss: float
    gradient: Tensor
    slope: float


def _cubic_minimum(a: _Point, b: _Point, bounds: tuple[float, float] | None = None) -> float:
    """Where the cubic through two points and their slopes is least, within the bounds."""
    low, high = bounds or sorted((a.distance, b.distance))
    if a.distance > b.distance:
        a, b = b, a
    length = b.distance - a.distance
    if length == 0:
        return a.distance
    d1 = a.slope + b.slope - 3 * (b.loss - a.loss) / length
    square = d1**2 - a.slope * b.slope
    if not square >= 0:
        return (low + high) / 2.0
    d2 = math.sqrt(square)
    divisor = b.slope - a.slope + 2 * d2
    if divisor == 0:
        return (low + high) / 2.0
    return min(max(b.distance - length * (b.slope + d2 - d1) / divisor, low), high)


def strong_wolfe(at: Callable[[float], tuple[float, Tensor]], distance: float, direction: Tensor,
                 loss: float, gradient: Tensor, slope: float, most_evaluations: int = 25,
                 tolerance_change: float = 1e-9) -> tuple[float, Tensor, float, int]:
    """Find a distance with enough decrease and a flat enough slope.

    `at(distance)` gives loss and gradient there; `loss`, `gradient` and `slope` are those at 0.
    Returns loss, gradient, distance and the number of evaluations.
    """
    evaluations = 0

    def look(place: float) -> _Point:
        nonlocal evaluations
        value, there = at(place)
        evaluations += 1
        return _Point(place, value, there.clone(), there.dot(direction).item())

    def too_high(point: _Point) -> bool:
        return point.loss > loss + _DECREASE * point.distance * slope

    def flat(point: _Point) -> bool:
        return abs(point.slope) <= -_CURVATURE * slope

    start = _Point(0.0, loss, gradient.clone(), slope)
    previous, point = start, look(distance)
    rounds, done = 0, False
    # first phase: go on until the wanted distance lies between two points
    while rounds < most_evaluations:
        if too_high(point) or (rounds > 1 and point.loss >= previous.loss):
            bracket = [previous, point]
            break
        if flat(point):
            bracket, done = [point], True
            break
        if point.slope >= 0:
            bracket = [previous, point]
            break
        bounds = (point.distance + 0.01 * (point.distance - previous.distance),
                  point.distance * 10)
        step = _cubic_minimum(previous, point, bounds)
        previous, point = point, look(step)
        rounds += 1
    else:
        bracket = [start, point]
    # second phase: narrow the bracket
    stuck = False
    low, high = (0, 1) if bracket[0].loss <= bracket[-1].loss else (1, 0)
    reach = direction.abs().max().item()
    while not done and rounds < most_evaluations:
        if abs(bracket[1].distance - bracket[0].distance) * reach < tolerance_change:
            break
        place, stuck = _inside(_cubic_minimum(bracket[0], bracket[1]), bracket, stuck)
        point = look(place)
        rounds += 1
        if too_high(point) or point.loss >= bracket[low].loss:
            bracket[high] = point
            low, high = (0, 1) if bracket[0].loss <= bracket[1].loss else (1, 0)
        else:
            if flat(point):
                done = True
            elif point.slope * (bracket[high].distance - bracket[low].distance) >= 0:
                bracket[high] = bracket[low]
            bracket[low] = point
    best = bracket[low]
    return best.loss, best.gradient, best.distance, evaluations


def _inside(place: float, bracket: list[_Point], stuck: bool) -> tuple[float, bool]:
    """Keep the next place off the ends of the bracket when it comes close to them repeatedly."""
    least, most = sorted(point.distance for point in bracket)
    margin = 0.1 * (most - least)
    if min(most - place, place - least) >= margin:
        return place, False
    if stuck or place >= most or place <= least:
        nearer_to_most = abs(place - most) < abs(place - least)
        return (most - margin if nearer_to_most else least + margin), False
    return place, True
