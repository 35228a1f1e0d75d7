"""Frames between the trusted runner and the confined child: a fixed header, then raw bytes; nothing is unpickled.

A frame is ``kind`` (1 byte), ``size`` (4 bytes, little-endian), then ``size`` bytes. Points and values travel as
float64 in C order, a seed as a 64-bit integer, text as UTF-8. This module is imported on both sides and knows
nothing of problems, of the sandbox or of llamoco_lib.
"""

import struct

HEADER = struct.Struct("<BI")
SEED = struct.Struct("<q")
SHAPE = struct.Struct("<III")  # dimension, number of inequalities, number of equalities
EXIT = struct.Struct("<id")  # exit code (negative: killed by that signal), CPU seconds

# runner -> supervisor
CHECK, IMPORT, RUN = 1, 2, 3
# supervisor -> runner
READY, EXITED = 11, 12
# program -> runner
POINT, BATCH, DONE, ERROR = 21, 22, 23, 24
# runner -> program
VALUES, BUDGET = 31, 32

MAX_POINTS_BYTES = 1 << 25  # the largest batch a program may send: 32 MiB of float64
MAX_TEXT_BYTES = 1 << 20  # the longest source, error report or list of imports

PROGRAM_NAME = "<program>"  # file name of the program in tracebacks


def frame(kind: int, payload: bytes = b"") -> bytes:
    """One frame as bytes."""
    return HEADER.pack(kind, len(payload)) + payload


LIBRARIES = ("numpy", "scipy", "sklearn", "pypop7", "deap", "cma")  # what a program may import beside Python's own
