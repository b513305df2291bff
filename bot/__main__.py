"""`farside` and `python -m bot`: the command line."""

from bot.cli.main import farside


def main() -> None:
    """Run the command line and exit with its status."""
    farside(prog_name="farside")


if __name__ == "__main__":
    main()
