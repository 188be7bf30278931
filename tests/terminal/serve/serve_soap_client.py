"""A client of the two SOAP forms, which knows a holder and a card."""

from __future__ import annotations

from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

from serve_desk import TOKEN, Pharmacy, Served

from terminal.backoffice.link import Link, Reply

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
AXIS2, DAREWAY = "http://ws.apache.org/axis2", "http://uddi.dareway.com"


def enveloped(inner: str) -> bytes:
    body = f'<e:Envelope xmlns:e="{SOAP}"><e:Header/><e:Body>{inner}</e:Body></e:Envelope>'
    return body.encode()


def card_service(operation: str, **values: str) -> bytes:
    """A call of CardService."""
    inner = "".join(f"<a:{name}>{escape(value)}</a:{name}>" for name, value in values.items())
    return enveloped(f'<a:{operation} xmlns:a="{AXIS2}">{inner}</a:{operation}>')


def all_in_one(**words: str) -> bytes:
    """A call of allDsjk: everything in one text."""
    text = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in words.items())
    return card_service("allDsjk", text=text)


def service_proxy(operation: str, key: str = "", **values: str) -> bytes:
    """A call of serviceProxy."""
    parameters = "".join(f"<s {name}={quoteattr(value)}/>" for name, value in values.items())
    arguments = {
        "licenseKey": key,
        "serviceName": "ScmsCardService_990100",
        "operationName": operation,
        "xmlPara": f'<?xml version="1.0" encoding="GBK"?><p>{parameters}</p>',
    }
    inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in arguments.items())
    return enveloped(f'<d:serviceProxy xmlns:d="{DAREWAY}">{inner}</d:serviceProxy>')


class CardService:
    """A client that knows the holder, and speaks either form."""

    def __init__(self, served: Served, pharmacy: Pharmacy, password: str = TOKEN) -> None:
        self.link = Link(served.url)
        self.number, self.password = pharmacy.numbers["new"], password
        with served.pool.centre() as centre, centre.store.transaction():
            card = centre.store.social_card(self.number)
        assert card is not None
        self.holder, self.card_id = card.holder, card.key.card_id

    @property
    def person(self) -> dict[str, str]:
        return {"aaz500": self.number, "aac002": self.holder.id_number, "aac003": self.holder.name}

    def spoken(self, operation: str, **more: str) -> ElementTree.Element:
        """allDsjk: everything in one text."""
        words = {
            "操作": operation,
            "用户名": "u",
            "密码": self.password,
            "城市代码": "990100",
            "社会保障卡卡号": self.number,
            "社会保障号码": self.holder.id_number,
            "姓名": self.holder.name,
            **more,
        }
        call = all_in_one(**words)
        reply = self.link.post("/services/CardService", call, "text/xml")
        assert reply.status == 200, reply.body.decode()
        return ElementTree.fromstring("".join(ElementTree.fromstring(reply.body).itertext()))

    def sent(self, operation: str, **arguments: str) -> Reply:
        call = card_service(operation, user="u", **{"pass": self.password}, **arguments)
        return self.link.post("/services/CardService", call, "text/xml; charset=utf-8")

    def call(self, operation: str, **arguments: str) -> str:
        reply = self.sent(operation, **{**self.person, "aab301": "990100", **arguments})
        assert reply.status == 200, reply.body.decode()
        root = ElementTree.fromstring(reply.body)
        found = root.find(f"{{{SOAP}}}Body/{{{AXIS2}}}{operation}Response/{{{AXIS2}}}return")
        assert found is not None
        return found.text or ""

    def proxied(self, operation: str, **values: str) -> Reply:
        call = service_proxy(operation, self.password, **values)
        return self.link.post("/services/serviceProxy", call, "text/xml; charset=utf-8")

    def proxy(self, operation: str, **values: str) -> ElementTree.Element:
        who = {"yxzjhm": self.holder.id_number, "yxzjlx": "A", "xm": self.holder.name, "xzqhdm": "990100"}
        card = {"kh": self.number, "xtlb": "04", "jbr": "001", "yhbh": "95588"}
        reply = self.proxied(operation, **{**who, **card, **values})
        assert reply.status == 200, reply.body.decode()
        root = ElementTree.fromstring(reply.body)
        found = root.find(f"{{{SOAP}}}Body/{{{DAREWAY}}}serviceProxyResponse/{{{DAREWAY}}}return")
        assert found is not None and found.text
        return ElementTree.fromstring(found.text)


def said(document: ElementTree.Element, name: str) -> str | None:
    return next((each.get(name) for each in document.findall("s") if each.get(name) is not None), None)
