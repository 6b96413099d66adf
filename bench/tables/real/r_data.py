"""Reads the data of R packages without R: single files (.rda, .RData) and the lazily loaded database of a package (.rdb with .rdx)."""
import bz2
import lzma
import os
import struct
import warnings
import zlib

import pandas as pd
import rdata


def read_object(folder, name):
    """A data frame by its name, from the `data` folder of an R package."""
    for ending in ("rda", "RData"):
        path = os.path.join(folder, f"{name}.{ending}")
        if os.path.exists(path):
            return plain(converted(rdata.parser.parse_file(path))[name])
    offset, length = index_of(folder)[name]
    with open(os.path.join(folder, "Rdata.rdb"), "rb") as file:
        file.seek(offset)
        return plain(converted(rdata.parser.parse_data(unpacked(file.read(length)))))


def index_of(folder):
    """Offset and length of every object of a lazily loaded database."""
    with open(os.path.join(folder, "Rdata.rdx"), "rb") as file:
        return {str(name): (int(place[0]), int(place[1])) for name, place in converted(rdata.parser.parse_data(file.read()))["variables"].items()}


def unpacked(chunk):
    """A chunk begins with its length unpacked and, where it is not zlib's, a letter for its compression."""
    kind = chunk[4:5]
    if kind == b"2":
        return bz2.decompress(chunk[5:])
    if kind == b"Z":
        size = struct.unpack(">I", chunk[:4])[0]
        return lzma.decompress(chunk[5:], format=lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA2, "dict_size": max(size, 1 << 23)}])
    return zlib.decompress(chunk[4:])


def converted(parsed):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return rdata.conversion.convert(parsed)


def plain(value):
    """A data frame whose factors are strings, as a CSV file has them."""
    frame = pd.DataFrame(value)
    frame.columns = [str(column) for column in frame.columns]
    for column in frame.columns:
        if isinstance(frame[column].dtype, pd.CategoricalDtype):
            frame[column] = frame[column].astype(object)
    return frame.reset_index(drop=True)
