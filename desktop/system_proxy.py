"""What the system's own settings say about proxies: fixed ones, and scripts (PAC), which Qt can run.

On Windows and macOS a script is fetched and run by the system itself; on Linux Qt reads the
environment, or what libproxy says where Qt was built with it.
"""

from PySide6.QtCore import QUrl
from PySide6.QtNetwork import QNetworkProxy, QNetworkProxyFactory, QNetworkProxyQuery

from desktop.i18n import tr
from desktop.proxies import Proxy, Route, parse_proxy

_KINDS = {
    QNetworkProxy.ProxyType.Socks5Proxy: "socks5h",
    QNetworkProxy.ProxyType.HttpProxy: "http",
    QNetworkProxy.ProxyType.HttpCachingProxy: "http",
}


def system_route(url: str) -> Route | None:
    """Ask the system for the way to ``url``; None if it names no proxy.

    Blocks while a script is fetched and run, for seconds at worst: keep it off the GUI thread.
    """
    query = QNetworkProxyQuery(QUrl(url), QNetworkProxyQuery.QueryType.UrlRequest)
    for found in QNetworkProxyFactory.systemProxyForQuery(query):
        if found.type() is QNetworkProxy.ProxyType.NoProxy:
            return None
        if found.type() in _KINDS:
            return Route(proxy=_proxy(found), origin=tr("system settings"))
    return None


def _proxy(found: QNetworkProxy) -> Proxy:
    login = ""
    if found.user():
        user, password = (
            QUrl.toPercentEncoding(part).toStdString() for part in (found.user(), found.password())
        )
        login = f"{user}:{password}@"
    host = f"[{found.hostName()}]" if ":" in found.hostName() else found.hostName()
    return parse_proxy(f"{_KINDS[found.type()]}://{login}{host}:{found.port()}")
