"""SOAP 1.1 as the deployed centres speak it: one call in, one text out; parsed without entities or DTDs.

Sources: SOAP 1.1 section 4; Axis2's wrapped form, `<opResponse><return>text</return></opResponse>`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import escape, quoteattr

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from terminal.backoffice.wire import MalformedError
from terminal.serve.answers import Answer

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
AXIS2 = "http://ws.apache.org/axis2"
DAREWAY = "http://uddi.dareway.com"
XML = "text/xml; charset=utf-8"
CHINESE = frozenset({"gbk", "gb2312", "gb18030"})
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*encoding=["']([A-Za-z0-9._-]+)["']""")


@dataclass(frozen=True, slots=True, repr=False)
class SoapCall:
    """One operation and its arguments by local name."""

    operation: str
    arguments: Mapping[str, str]

    def __repr__(self) -> str:
        return f"SoapCall({self.operation})"


def read_call(body: bytes) -> SoapCall:
    """The call in an envelope; raises MalformedError."""
    envelope = read_xml(body)
    if envelope.tag != f"{{{ENVELOPE}}}Envelope":
        raise MalformedError("a SOAP 1.1 envelope is expected")
    inner = envelope.find(f"{{{ENVELOPE}}}Body")
    calls = [] if inner is None else list(inner)
    if len(calls) != 1:
        raise MalformedError("one operation in the SOAP body is expected")
    return SoapCall(local(calls[0]), {local(each): (each.text or "").strip() for each in calls[0]})


def read_xml(body: bytes | str) -> Element:
    """The root element; GBK as well as what the standard demands. Raises MalformedError."""
    try:
        text = body if isinstance(body, str) else _decoded(body)
        root: Element = fromstring(text)
    except (ParseError, DefusedXmlException, UnicodeDecodeError, ValueError, LookupError):
        raise MalformedError("this is not XML without entities") from None
    for element in root.iter():
        if "\0" in (element.text or ""):
            raise MalformedError("a text contains the character NUL")
    return root


def _decoded(body: bytes) -> str | bytes:
    """Text of a document in a Chinese encoding, which the parser does not know; else the document as it is."""
    declared = _DECLARED.match(body)
    name = declared.group(1).decode("ascii").lower() if declared else ""
    return body.decode("gb18030") if name in CHINESE else body


def local(element: Element) -> str:
    """The name without its namespace."""
    return element.tag.rpartition("}")[2]


def reply(operation: str, text: str, namespace: str) -> Answer:
    """The answer to an operation."""
    inner = f"<ns:return>{escape(text)}</ns:return>"
    name = f"ns:{operation}Response"
    return _enveloped(200, f"<{name} xmlns:ns={quoteattr(namespace)}>{inner}</{name}>")


def fault(status: int, text: str) -> Answer:
    """A SOAP fault: the sender's for 4xx, the centre's for 5xx."""
    side = "Client" if status < 500 else "Server"
    inner = f"<faultcode>soapenv:{side}</faultcode><faultstring>{escape(text)}</faultstring>"
    return _enveloped(status, f"<soapenv:Fault>{inner}</soapenv:Fault>")


def _enveloped(status: int, inner: str) -> Answer:
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<soapenv:Envelope xmlns:soapenv="{ENVELOPE}"><soapenv:Body>{inner}</soapenv:Body></soapenv:Envelope>'
    )
    return Answer(status, text.encode(), XML)


def elements(pairs: Iterable[tuple[str, str]]) -> str:
    """Values as elements, one after the other."""
    return "".join(f"<{name}>{escape(value)}</{name}>" for name, value in pairs)


def attributes(pairs: Iterable[tuple[str, str]]) -> str:
    """Values as `<s name="value"/>`, one after the other."""
    return "".join(f"<s {name}={quoteattr(value)}/>" for name, value in pairs)
