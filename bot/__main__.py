"""`farside` and `python -m bot`: the command line."""

from bot.cli.main import farside
from bot.cli.veil import VEIL, draw_over_streams


def main() -> None:
    """Run the command line and exit with its status."""
    draw_over_streams(VEIL)
    farside(prog_name="farside")


if __name__ == "__main__":
    main()
