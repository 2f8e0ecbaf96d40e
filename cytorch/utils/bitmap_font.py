"""A font of 5 x 8 dots for labels in plots."""
from __future__ import annotations

from typing import Any

WIDTH, HEIGHT = 5, 8
_FIRST = " "

# Characters from space to ~, five columns each; the lowest bit of a column is its top dot.
_COLUMNS = bytes.fromhex(
    "000000000000005f00000007000700147f147f14242a7f2a12231308646236495620500008070300001c224100"
    "0041221c002a1c7f1c2a08083e080800807030000808080808000060600020100804023e5149453e00427f4000"
    "72494949462141494d331814127f1027454545393c4a49493141211109073649494936464949291e0000140000"
    "004034000000081422411414141414004122140802015909063e415d594e7c1211127c7f494949363e41414122"
    "7f4141413e7f494949417f090909013e414151737f0808087f00417f41002040413f017f081422417f40404040"
    "7f021c027f7f0408107f3e4141413e7f090909063e4151215e7f09192946264949493203017f01033f4040403f"
    "1f2040201f3f4038403f631408146303047804036159494d43007f4141410204081020004141417f0402010204"
    "4040404040000307080020545478407f284444383844444428384444287f385454541800087e090218a4a49c78"
    "7f0804047800447d40002040403d007f1028440000417f40007c047804787c080404783844444438fc18242418"
    "18242418fc7c08040408485454542404043f44243c4040207c1c2040201c3c4030403c44281028444c9090907c"
    "4464544c440008364100000077000000413608000201020402")


def text_width(text: str, scale: int = 1) -> int:
    """Pixels that the text takes in a row."""
    return max(0, len(text) * (WIDTH + 1) - 1) * scale


def text_mask(text: str, scale: int = 1) -> Any:
    """A boolean array (8 * scale, width) that is true where the text has ink.

    Characters outside of ASCII are shown as question marks.
    """
    import numpy

    mask: Any = numpy.zeros((HEIGHT, max(1, text_width(text))), dtype=bool)
    for position, character in enumerate(text):
        number = ord(character if _FIRST <= character <= "~" else "?") - ord(_FIRST)
        for column in range(WIDTH):
            bits = _COLUMNS[number * WIDTH + column]
            for row in range(HEIGHT):
                mask[row, position * (WIDTH + 1) + column] = bits >> row & 1
    return mask.repeat(scale, axis=0).repeat(scale, axis=1)
