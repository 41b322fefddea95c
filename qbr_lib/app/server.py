"""Voila for the goals of some teams: every address behind a token, and no more than needed."""

from __future__ import annotations

import logging
import signal
import tempfile
import uuid
from asyncio import AbstractEventLoop
from collections.abc import Callable
from contextlib import chdir
from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import FileFindHandler, JupyterHandler
from jupyter_server.services.kernels.handlers import KernelHandler
from jupyterlab_server.themes_handler import ThemesHandler
from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop
from tornado.netutil import bind_sockets
from tornado.web import HTTPError
from tornado.websocket import WebSocketClosedError
from traitlets.config import Config
from voila.app import Voila
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler
from voila.tornado.handler import TornadoVoilaHandler
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

from qbr_lib.app.teams import TEAMS, Served
from qbr_lib.errors import RunError
from qbr_lib.run import Plan
from qbr_lib.run.kernels import interpreter, sockets_fit

LOOPBACK = "127.0.0.1"
_TEMPLATES = Path(__file__).parent / "templates"
_KERNEL = r"/api/kernels/(?P<kernel_id>\w+-\w+-\w+-\w+-\w+)"
_ABANDONED = 600  # seconds after which a kernel ends that no page is connected to
# Widgets compile their code in the page; whatever is asked for is asked of this server.
_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {"Content-Security-Policy": _POLICY, "Referrer-Policy": "same-origin"}


class Guarded:
    """What all handlers share: the token or its cookie first, and errors in plain words."""

    async def prepare(self, **given: Any) -> None:
        """Refuse whoever has neither; take the token out of the address, which others may see."""
        await super().prepare(**given)  # type: ignore[misc]
        if self.current_user is None:  # type: ignore[attr-defined]
            raise HTTPError(403)
        if self.request.method == "GET" and self.get_query_argument("token", ""):  # type: ignore[attr-defined]
            self.redirect(self.request.path)  # type: ignore[attr-defined]

    def get_login_url(self) -> str:
        """Refuse: there is no page to log in on."""
        raise HTTPError(403)

    def write_error(self, status_code: int, **_: Any) -> None:
        """Answer with a sentence."""
        served: Served = self.settings["served"]  # type: ignore[attr-defined]
        self.set_header("Content-Type", "text/html; charset=UTF-8")  # type: ignore[attr-defined]
        self.finish(served.refused(status_code))  # type: ignore[attr-defined]


class Home(Guarded, JupyterHandler):
    """The list of teams."""

    def get(self) -> None:
        """Answer with the list."""
        self.finish(self.settings["served"].listed())


class Team(Guarded, TornadoVoilaHandler):  # type: ignore[misc]
    """A team's page: a kernel of its own for each visitor."""

    async def get(self, name: str) -> None:
        """Execute the team's notebook and answer with its page as it comes."""
        if name not in self.settings["served"].books:
            raise HTTPError(404)
        async for html in self.get_generator(f"{name}.ipynb"):
            self.write(html)
            await self.flush()


class Unknown(Guarded, JupyterHandler):
    """Every other address."""

    def get(self) -> None:
        """Refuse."""
        raise HTTPError(404)

    post = put = delete = patch = head = options = get


def _guarded(handler: type) -> type:
    return type(handler.__name__, (Guarded, handler), {})


class GoalsApp(Voila):  # type: ignore[misc]
    """Voila with a list of teams instead of a tree of files."""

    ready: Callable[[int], None]
    port: int

    def setup_template_dirs(self) -> None:
        """Put our template before Voila's, whose static files stay."""
        super().setup_template_dirs()
        self.template_paths.insert(0, str(_TEMPLATES))

    def init_handlers(self) -> list[Any]:
        """Return all addresses there are."""
        team = {
            "template_paths": self.template_paths,
            "config": self.config,
            "voila_configuration": self.voila_configuration,
        }
        themes = {
            "themes_url": "/voila/api/themes",
            "path": self.themes_dir,
            "labextensions_path": self.labextensions_path,
            "no_cache_paths": ["/"],
        }
        extensions = {"path": self.labextensions_path, "no_cache_paths": ["/"]}
        return [
            ("/", Home),
            (f"{TEAMS}([^/]+)", Team, team),
            (_KERNEL, _guarded(KernelHandler)),
            (f"{_KERNEL}/channels", _guarded(VoilaKernelWebsocketHandler)),
            ("/voila/static/(.*)", _guarded(FileFindHandler), {"path": self.static_paths}),
            ("/voila/labextensions/(.*)", _guarded(FileFindHandler), extensions),
            ("/voila/api/themes/(.*)", _guarded(ThemesHandler), themes),
            ("/voila/api/shutdown/(.*)", _guarded(VoilaShutdownKernelHandler)),
        ]

    def listen(self) -> None:
        """Answer until the process is told to end; its kernels end with it."""
        try:
            sockets = bind_sockets(self.port, self.ip)
        except OSError as err:
            raise RunError(
                "The port cannot be used",
                where="--port",
                got=f"{self.port}, {err.strerror}",
                wanted="a free port",
                edit="leave --port out, then a free one is taken",
            ) from err
        HTTPServer(self.app, xheaders=True).add_sockets(sockets)
        self.port = sockets[0].getsockname()[1]
        self.ioloop = IOLoop.current()
        # nbclient would take the signals while a notebook runs, and leave SIGTERM without a handler
        loop = self.ioloop.asyncio_loop  # type: ignore[attr-defined]
        loop.add_signal_handler = loop.remove_signal_handler = _not_theirs
        loop.set_exception_handler(_unless_left)
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self._handle_signal_stop)
        try:
            self.ready(self.port)
            self.ioloop.start()
        finally:
            logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # pages lose their channel now
            self.stop()


def serve(
    plan: Plan, *, token: str, ready: Callable[[str, Path], None], port: int = 0, ip: str = LOOPBACK
) -> None:
    """Serve the goals of a plan's teams until the process is interrupted.

    Parameters
    ----------
    plan : Plan
        Of the goals alone.
    token : str
        Who has it gets in.
    ready : callable
        Told the address with the token, and of a folder only this user can read, gone at the end.
    port : int
        0 for a free one.

    Raises
    ------
    RunError
        If the port is taken.
    """
    with tempfile.TemporaryDirectory(prefix="qbr-app-") as scratch, chdir(scratch):
        notebooks = Path(scratch) / "notebooks"
        notebooks.mkdir()
        served = Served(plan, notebooks)
        served.write()
        app = GoalsApp(config=_config(served), config_file_paths=[], token=token, port=port, ip=ip)
        app.ready = lambda number: ready(f"http://{ip}:{number}/?token={token}", Path(scratch))
        app.connection_dir_root = scratch
        app.root_dir = str(notebooks)
        app.tornado_settings = {
            "served": served,
            "headers": _HEADERS,
            "ws_ping_timeout": 30_000,
            "default_handler_class": Unknown,
        }
        app.initialize([])
        logging.getLogger("tornado.access").setLevel(logging.ERROR)  # a refusal is no news
        app.start()


def _unless_left(loop: AbstractEventLoop, context: dict[str, Any]) -> None:
    """Tell what failed, but not that a page was closed while it was being told something."""
    if not isinstance(context.get("exception"), WebSocketClosedError):
        loop.default_exception_handler(context)


def _not_theirs(*_: Any) -> None:
    raise NotImplementedError


def _config(served: Served) -> Config:
    config = Config()
    config.Voila.log_level = "ERROR"
    config.VoilaConfiguration.kernel_spec_manager_class = interpreter()
    config.VoilaConfiguration.allow_template_override = "NO"
    config.VoilaConfiguration.allow_theme_override = "NO"
    config.VoilaConfiguration.attempt_fix_notebook = False
    config.VoilaExecutor.allow_errors = True  # the page says what failed
    config.VoilaExporter.filters = {
        "opening": served.opening,
        "inside": served.inside,
        "closing": served.closing,
    }
    config.IdentityProvider.cookie_options = {"samesite": "Lax"}
    named = Path.cwd() / "voila_xxxxxxxx" / f"kernel-{uuid.uuid4()}"
    config.KernelManager.transport = "ipc" if sockets_fit(str(named)) else "tcp"
    config.KernelManager.transport_encryption = "auto"
    config.MappingKernelManager.cull_idle_timeout = _ABANDONED
    config.MappingKernelManager.cull_interval = 60
    return config
