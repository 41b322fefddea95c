"""Encodings and delimiters, from bytes."""

import codecs

import pytest

from qbr_lib.start.letters import delimiter_of, encoding_of
from tests.conftest import REAL_DATA

GERMAN = "Führungskraft;Größe;Straße;Übersicht;Änderung\n"
FRENCH = "École;Besançon;déjà;«cité»;l’été;prix €\n"
POLISH = "Kraków;Łódź;Gdańsk;żółw;ulica Święta\n"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"a;b\n", (None, "")),
        (codecs.BOM_UTF8 + b"a\n", ("utf-8", "")),
        ("a\n".encode("utf-16"), ("utf-16", "")),
        (GERMAN.encode("utf-8"), ("utf-8", "Führungskraft")),
        (GERMAN.encode("cp1252"), ("cp1252", "Führungskraft")),
        (GERMAN.encode("mac_roman"), ("mac_roman", "Führungskraft")),
        (GERMAN.encode("cp850"), ("cp850", "Führungskraft")),
        (FRENCH.encode("cp1252"), ("cp1252", "Besançon")),
        (FRENCH.encode("mac_roman"), ("mac_roman", "Besançon")),
        (POLISH.encode("cp1250"), ("cp1250", "Gdańsk")),
        ("Листпрайс;клиент\n".encode("cp1251"), ("undecided", "Ëèñòïðàéñ")),
    ],
)
def test_encoding(tmp_path, content, found):
    """A mark decides, then UTF-8, then the letters; foreign alphabets are left to a person."""
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    assert encoding_of(path) == found


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a;b;c\n1,5;2,5;x\n", ";"),
        ("a,b,c\n1;2,3;4,x\n", ","),
        ('a,b\n"x;y;z",1\n', ","),
        ("a\tb\n1\t2\n", "\t"),
        ("a|b\n1|2\n", "|"),
        ("only\none\n", None),
        ("", None),
    ],
)
def test_delimiter(tmp_path, text, delimiter):
    """The delimiter cuts all records alike; commas inside numbers or quotes do not."""
    path = tmp_path / "x.csv"
    path.write_text(text, encoding="utf-8")
    assert delimiter_of(path, "utf-8") == delimiter


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("saas_sales_superstore/sales_pipeline.csv", "mac_roman"),
        ("de_shop_mixed_encoding/Produkte.csv", "cp1252"),
        ("de_shop_mixed_encoding/Produkt_Klasse.csv", "utf-8"),
        ("de_shop_mixed_encoding/Bestellungen.csv", None),
        ("maven_de_derived/Vertriebsteams.csv", "cp1252"),
        ("maven_de_derived/Produkte.csv", "cp1252"),
        ("d365_contoso_coffee/Opportunity.csv", "utf-8"),
    ],
)
def test_real_files(name, encoding):
    """Files of real exports, one of which cp1252 decodes without an error into nonsense."""
    assert encoding_of(REAL_DATA / name)[0] == encoding
