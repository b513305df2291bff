"""`farside health`: ask the Farside that runs here whether it is well; for a container's health check."""

import sys
import urllib.error
import urllib.request

import click

from bot.cli.run import fail
from bot.config import read_what_can_be

_PATIENCE = 5.0  # seconds


@click.command()
@click.option("--ready", is_flag=True, help="Ask whether people can play, not only whether it is alive.")
def health(ready: bool) -> None:
    r"""Ask the running Farside whether it is well; exit status 1 when it is not.

    It has to listen for that: set FARSIDE_HTTP, for both, to an address such as 127.0.0.1:9100.
    """
    config, faults = read_what_can_be()
    if wrong := [fault for fault in faults if fault.startswith("FARSIDE_HTTP:")]:
        fail(wrong)
    if config.http is None:
        fail(["FARSIDE_HTTP: it is not set, so nobody listens; set it to an address such as 127.0.0.1:9100"])
    address = config.http._replace(host=_HERE.get(config.http.host, config.http.host))
    try:
        with urllib.request.urlopen(
            f"http://{address}/{'readyz' if ready else 'healthz'}", timeout=_PATIENCE
        ) as answer:
            click.echo(answer.read().decode().strip())
    except urllib.error.HTTPError as error:
        click.echo(error.read().decode(errors="replace").strip(), err=True)
        sys.exit(1)
    except OSError as error:
        click.echo(f"no answer from {address}: {getattr(error, 'reason', error)}", err=True)
        sys.exit(1)


_HERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - who listens everywhere is asked here
