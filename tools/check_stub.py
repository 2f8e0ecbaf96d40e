"""The committed type stubs agree with the op table.

    python tools/check_stub.py            # exit status 1 when a stub is stale
    python tools/check_stub.py --write    # makes them anew
"""
import importlib
import sys

import op_table


def main() -> int:
    op_table.load()
    stubs = importlib.import_module(f"{op_table.NAME}.stubs").stubs()
    stale = [name for name, text in stubs.items()
             if not (op_table.ROOT / name).exists()
             or (op_table.ROOT / name).read_text(encoding="utf-8") != text]
    if "--write" in sys.argv[1:]:
        for name in stale:
            (op_table.ROOT / name).parent.mkdir(exist_ok=True)
            (op_table.ROOT / name).write_text(stubs[name], encoding="utf-8")
            print(f"wrote {name}")
        return 0
    for name in stale:
        print(f"{name} is stale: run `python tools/check_stub.py --write`")
    if not stale:
        print("stubs: up to date")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
