"""`python -m qbr_lib` is the command `qbr`."""

from qbr_lib.cli import main

if __name__ == "__main__":
    main()
