"""Takes named files out of a wheel, one block at a time, and checks each against the wheel's own RECORD.

usage: extract-wheel.py WHEEL FOLDER MEMBER…

Prints `progress <bytes> <total>` lines, then `done <json>` with the bytes and SHA-256 of every file and the requirements of
the wheel. Ends with 3 where the wheel is damaged or lacks a member.
"""

import base64
import hashlib
import json
import os
import sys
import zipfile
import zlib

BLOCK = 1 << 20


def records(wheel):
    """SHA-256 (hex) and size of every file, as RECORD says."""
    name = next(n for n in wheel.namelist() if n.endswith(".dist-info/RECORD"))
    found = {}
    for line in wheel.read(name).decode("utf-8").splitlines():
        path, digest, size = line.rsplit(",", 2)
        if digest.startswith("sha256="):
            padded = digest[7:] + "=" * (-len(digest[7:]) % 4)
            found[path] = (base64.urlsafe_b64decode(padded).hex(), int(size))
    return found


def requirements(wheel):
    name = next(n for n in wheel.namelist() if n.endswith(".dist-info/METADATA"))
    lines = wheel.read(name).decode("utf-8").splitlines()
    return [line.split(":", 1)[1].strip() for line in lines if line.startswith("Requires-Dist:")]


def extract(wheel, member, folder, tell):
    target = os.path.join(folder, *member.split("/"))
    os.makedirs(os.path.dirname(target), exist_ok=True)
    digest = hashlib.sha256()
    size = 0
    with wheel.open(member) as source, open(target, "wb") as sink:
        while block := source.read(BLOCK):
            digest.update(block)
            sink.write(block)
            size += len(block)
            tell(len(block))
        sink.flush()
        os.fsync(sink.fileno())
    return digest.hexdigest(), size


def main():
    path, folder, *members = sys.argv[1:]
    done = 0
    files = {}
    try:
        with zipfile.ZipFile(path) as wheel:
            expected = records(wheel)
            total = sum(wheel.getinfo(member).file_size for member in members)

            def tell(count):
                nonlocal done
                before, done = done, done + count
                if before // (16 * BLOCK) != done // (16 * BLOCK):
                    print("progress", done, total, flush=True)

            for member in members:
                digest, size = extract(wheel, member, folder, tell)
                if expected.get(member) != (digest, size):
                    raise zipfile.BadZipFile(f"{member} differs from what RECORD says")
                files[member] = {"sha256": digest, "bytes": size}
            wanted = requirements(wheel)
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, StopIteration, ValueError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 3
    print("done", json.dumps({"files": files, "requires": wanted}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
