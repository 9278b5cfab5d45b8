"""Run every benchmark, or those named: `python -m benchmarks.run webhook codes`."""

import sys
from importlib import import_module

ALL = ("webhook", "codes", "settle")


def main() -> None:
    for name in sys.argv[1:] or ALL:
        import_module(f"benchmarks.{name}").main()
        print()


if __name__ == "__main__":
    main()
