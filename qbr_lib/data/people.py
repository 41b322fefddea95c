"""Who is shown how: roles and teams always, a person as `privacy.people` says.

A pseudonym is a keyed hash of a person's id, so it is the same in every table, quarter and run, and
nobody can make it, or undo it by trying names, without the key. The key leaves no other trace than
the file `history/.pseudonym-key`, or stands in the environment.
"""

from __future__ import annotations

import hmac
import os
import re
import secrets
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from qbr_lib.errors import ParameterError, StoreError
from qbr_lib.parameters import PeopleMode
from qbr_lib.words import Words

VARIABLE = "QBR_PSEUDONYM_KEY"
KEY_FILE = ".pseudonym-key"
NOBODY = "[Person]"  # in texts of the data, which have no language of their own
PSEUDONYM = r"Person [0-9A-F]{5}-[0-9A-F]{5}"

# What may own an item without being a person.
_ROLES = """
team, whole team, the team, sales team, everyone, all, nobody, company, sales, field sales,
inside sales, presales, key account management, partner management, sales development,
team lead, team leader, team manager, sales manager, regional manager, account manager,
account executive, sales engineer, head of sales, sales director, vp sales, sales operations,
sales ops, revenue operations, revops, sales enablement, management, board, managing director,
ceo, cfo, cro, marketing, product, product management, development, customer success,
customer service, service, support, operations, finance, controlling, purchasing, legal, hr, it,
das team, ganzes team, gesamtes team, vertriebsteam, alle, niemand, unternehmen, firma, vertrieb,
verkauf, innendienst, außendienst, vertriebsinnendienst, vertriebsaußendienst, verkaufsinnendienst,
vertriebssteuerung, vertriebsunterstützung, partnermanagement, key account manager, teamleitung,
teamleiter, teamleiterin, gruppenleitung, gruppenleiter, gruppenleiterin, regionalleitung,
regionalleiter, regionalleiterin, gebietsleitung, vertriebsleitung, vertriebsleiter,
vertriebsleiterin, verkaufsleitung, verkaufsleiter, verkaufsleiterin, bereichsleitung, leitung,
geschäftsführung, geschäftsführer, geschäftsführerin, geschäftsleitung, vorstand, produkt,
produktmanagement, entwicklung, kundenbetreuung, kundendienst, kundenservice, einkauf, finanzen,
buchhaltung, recht, rechtsabteilung, personal, personalabteilung
"""
_TOKEN = re.compile(r"\w(?:[\w.@'’-]*\w)?")
_LONGEST = 4  # words of a name
_CHARACTERS = 16  # of a key


def normal(text: str) -> str:
    """Return a text as names are compared: words only, in one case, one space between them.

    >>> normal("  Jürgen   WEISS,")
    'jürgen weiss'
    """
    return " ".join(_TOKEN.findall(unicodedata.normalize("NFC", text))).casefold()


ROLES = frozenset(normal(role) for role in _ROLES.split(","))


def key_of(history: Path, *, make: bool = True) -> bytes:
    """Return the key of the pseudonyms, from the environment or `history/`, made once.

    Parameters
    ----------
    make : bool
        Whether to make the key where there is none; otherwise that is an empty key.

    Raises
    ------
    QbrError
        If the key is too short to protect anybody.
    """
    given, path = os.environ.get(VARIABLE, ""), history / KEY_FILE
    if given:
        if len(given) < _CHARACTERS:
            raise ParameterError(
                "The key of the pseudonyms is too short",
                where=f"environment, {VARIABLE}",
                got=f"{len(given)} characters",
                wanted=f"at least {_CHARACTERS}",
                edit=f"unset {VARIABLE}, or set a longer random text",
            )
        return given.encode("utf-8")
    if not path.is_file():
        if not make:
            return b""
        _make_key(path)
    key = path.read_text(encoding="ascii", errors="replace").strip()
    if len(key) < _CHARACTERS:
        raise StoreError(
            "The key of the pseudonyms is damaged",
            where=f"history/{KEY_FILE}",
            got=f"{len(key)} characters",
            wanted="the file as it was made",
            edit="restore the file, or delete it: all pseudonyms change then",
        )
    return key.encode("ascii")


def _make_key(path: Path) -> None:
    """Write a random key that only its owner may read; of two at one moment, one stands."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(f"{secrets.token_hex(32)}\n")
    try:
        os.link(beside, path)  # unlike a rename, it never replaces
    except FileExistsError:
        pass
    except OSError:  # a file system without links
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def signed(text: str, key: bytes, purpose: str = "known") -> str:
    """Return the keyed hash of a text: HMAC-SHA256, as hexadecimal digits."""
    return hmac.digest(key, f"{purpose}\0{text}".encode(), "sha256").hex()


def pseudonym(identity: str, key: bytes) -> str:
    """Return what stands for a person, such as "Person 7F3A9-1C20B".

    Ten digits: among 10,000 people, the chance that any two share one is 1 in 20,000.
    """
    digits = signed(identity, key, "person")[:10].upper()
    return f"Person {digits[:5]}-{digits[5:]}"


@dataclass(frozen=True, repr=False)
class People:
    """How an organisation shows people in what others typed.

    Parameters
    ----------
    mode : {"off", "pseudonym", "named"}
        `privacy.people`.
    known : mapping of str to str
        What to show instead, by the keyed hash of a known person's name or id (`normal`).
    groups : frozenset of str
        Names of teams, `normal`: they own things and are no persons.
    key : callable
        Gives the key when it is needed.
    """

    mode: PeopleMode = "named"
    known: Mapping[str, str] = field(default_factory=dict)
    groups: frozenset[str] = frozenset()
    key: Callable[[], bytes] = bytes

    def __repr__(self) -> str:
        """Say no more than the mode: a notebook may print this."""
        return f"People({self.mode!r})"

    def person(self, text: str, words: Words) -> str:
        """Return a typed owner, author or participant as the organisation shows them.

        Roles and teams stay. With `off` anybody else is "a person", with `pseudonym` their
        pseudonym, which is the one of the data where name or id are known there.
        """
        plain = normal(text)
        if self.mode == "named" or not plain or self._is_group(plain):
            return text
        if self.mode == "off":
            return words.say("a person")
        key = self.key()
        return self.known.get(signed(plain, key)) or pseudonym(plain, key)

    def prose(self, text: str) -> str:
        """Return a typed text in which the full names and telling ids of known people are replaced.

        First names alone are not recognised, nor ids that could be a number or a word.
        """
        if self.mode == "named" or not self.known:
            return text
        composed = unicodedata.normalize("NFC", text)
        tokens, key = list(_TOKEN.finditer(composed)), self.key()
        pieces, end, at = [], 0, 0
        while at < len(tokens):
            length, shown = self._found(tokens[at : at + _LONGEST], key)
            if length:
                pieces += [composed[end : tokens[at].start()], shown]
                end = tokens[at + length - 1].end()
            at += max(length, 1)
        return "".join([*pieces, composed[end:]]) if pieces else text

    def _found(self, tokens: list[re.Match[str]], key: bytes) -> tuple[int, str]:
        """Return how many words from the first on are a known person, and what to show."""
        words = [token[0] for token in tokens]
        for length in range(len(words), 0, -1):
            name = " ".join(words[:length])
            if length > 1 or telling(name):
                for form in _forms(name.casefold()):
                    shown = self.known.get(signed(form, key))
                    if shown is not None:
                        return length, shown
        return 0, ""

    def _is_group(self, plain: str) -> bool:
        """Tell whether it is a role, a team, or the one with the other: "Teamleitung Nord"."""
        words = plain.split()
        halves = [(" ".join(words[:n]), " ".join(words[n:])) for n in range(1, len(words))]
        return plain in ROLES | self.groups or any(
            (one in ROLES and other in self.groups) or (one in self.groups and other in ROLES)
            for one, other in halves
        )


def telling(text: str) -> bool:
    """Tell whether a single word can only be somebody's id: letters and digits, or an address."""
    return "@" in text or (any(map(str.isdigit, text)) and any(map(str.isalpha, text)))


def _forms(name: str) -> Iterator[str]:
    """Yield a name, and what it is a genitive of."""
    yield name
    bare = re.sub(r"['’]?s$|['’]$", "", name)
    if bare != name:
        yield bare
