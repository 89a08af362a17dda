"""Which peers may speak for others: reading TRUSTED_PROXIES and finding the person's address behind them.

Knows nothing of Django, so that settings can use it.
"""

from collections.abc import Sequence
from contextvars import ContextVar
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

#: The address that the present request comes from, "" outside of one; set by `middleware.trusted_proxies`.
request_address: ContextVar[str] = ContextVar("request_address", default="")

Network = IPv4Network | IPv6Network


#: The shortest prefix that may be trusted, by version: the largest private networks are 10.0.0.0/8 and a site's own.
WIDEST = {4: 8, 6: 16}


class ProxyListError(ValueError):
    """A setting that lists addresses holds something that is none."""


def read_proxies(items: Sequence[str], *, setting: str = "TRUSTED_PROXIES") -> tuple[Network, ...]:
    """Networks from addresses such as `10.0.0.5` or `10.0.0.0/24`. Raises ProxyListError naming every wrong one."""
    networks: list[Network] = []
    wrong: list[str] = []
    for item in items:
        try:
            network = ip_network(item, strict=False)
        except ValueError:
            wrong.append(f"{item!r} is no address")
            continue
        widest = WIDEST[network.version]
        if network.prefixlen == 0:
            wrong.append(f"{item!r} trusts the whole internet")
        elif network.prefixlen < widest:
            wrong.append(f"{item!r} is wider than /{widest}, more than any network of yours")
        else:
            networks.append(network)
    if wrong:
        raise ProxyListError(
            f"{setting} cannot be used: {', '.join(wrong)}. "
            "List your machines' own addresses, such as 10.0.0.5 or 10.0.0.0/24."
        )
    return tuple(networks)


def is_trusted(address: str, proxies: Sequence[Network]) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in proxies)


def client_address(peer: str, forwarded_for: str, proxies: Sequence[Network]) -> str:
    """The address nearest to us that is not a proxy of ours.

    `forwarded_for` is the X-Forwarded-For header, whose entries each proxy adds on the right; whatever stands left of
    the first address that is not ours may be invented. Example: peer 10.0.0.5 (ours), header `6.6.6.6, 203.0.113.9`
    gives 203.0.113.9.
    """
    if not is_trusted(peer, proxies):
        return peer
    nearest = peer
    for entry in reversed([part.strip() for part in forwarded_for.split(",") if part.strip()]):
        try:
            nearest = str(ip_address(entry))
        except ValueError:
            break
        if not is_trusted(nearest, proxies):
            break
    return nearest
