"""Who sells what in the sample organisation: teams, people, products, competitors, names."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from qbr_lib.periods import Quarter

FIRST_DAY = dt.date(2023, 10, 1)
LAST_DAY = dt.date(2026, 11, 11)
LAST_FULL_QUARTER = Quarter(2026, 3)
STAGES = ("Qualified", "Needs analysed", "Proposal", "Negotiation")
PRODUCTS = {"Sensorik": 26_000, "Messsystem": 52_000, "Prüfstand": 98_000, "Service": 13_000}
COMPETITORS = {"Kontora": 0.26, "Velanta": 0.2, "Brückner & Söhne": 0.2, "": 0.34}
SOURCES = {"Referral": 0.22, "Trade fair": 0.2, "Website": 0.28, "Outbound": 0.3}
LOST_REASONS = {"price": 0.3, "no decision": 0.24, "product": 0.16, "timing": 0.14, "": 0.16}
WON_REASONS = {"relationship": 0.3, "product": 0.34, "service": 0.2, "": 0.16}
SEGMENTS = ("Maschinenbau", "Chemie", "Energie", "Medizintechnik")
ACTIVITY_KINDS = ("call", "meeting", "demo", "email")


@dataclass(frozen=True)
class SampleTeam:
    """One team: how many deals it creates, how large they are, how often it wins.

    Parameters
    ----------
    created : int
        Deals created per quarter.
    size : float
        Factor on the products' amounts.
    win_rate : float
        Chance of a decided deal to be won.
    days : float
        Usual days from creation to decision.
    mix : tuple of float
        Shares of the products.
    reps : tuple of str
        Names, all invented.
    """

    team_id: str
    name: str
    group: str
    territory: str
    created: int
    size: float
    win_rate: float
    days: float
    mix: tuple[float, ...]
    reps: tuple[str, ...]


_EVEN = (0.4, 0.3, 0.15, 0.15)
TEAMS: tuple[SampleTeam, ...] = (
    SampleTeam("nord", "Nord", "Nordost", "Küste", 150, 1.0, 0.32, 62, _EVEN,
               ("Jördis Ahrens", "Malte Söderlund",
               "Femke Oltmanns", "Ole Brünings", "Tjark Hülsen")),
    SampleTeam("ost", "Ost", "Nordost", "Sachsen", 128, 0.85, 0.32, 60, _EVEN,
               ("Anja Kretzschmer", "Ronny Wünschel", "Silke Großer", "Uwe Lößnitz")),
    SampleTeam("berlin", "Berlin", "Nordost", "Berlin", 14, 1.0, 0.32, 40, _EVEN,
               ("Deniz Yalçıner", "Paula Grünthal")),
    SampleTeam("west", "West", "Südwest", "Ruhr", 170, 1.05, 0.34, 62, _EVEN,
               ("Grace Ashworthy", "Heinz Kürtenbach",
               "Murielle Daubois", "Sven Rübsam", "Ines Völkel")),
    SampleTeam("sued", "Süd", "Südwest", "Bayern", 178, 1.0, 0.33, 62, _EVEN,
               ("Vroni Hölzlmair", "Xaver Östreicher",
               "Korbinian Zäpfle", "Lena Bräuhofer", "Toni Süßmuther")),
    SampleTeam("rhein-main", "Rhein-Main",
    "Südwest", "Hessen", 142, 1.0, 0.32, 60, (0.4, 0.32, 0.16, 0.12),
               ("Oliver Trentham", "Sabine Kühlwein", "Jörg Schäferling", "Mia Wölfersheim")),
    SampleTeam("grosskunden", "Großkunden",
    "Schlüsselkunden", "Deutschland", 46, 4.2, 0.36, 85, (0.1, 0.4, 0.5, 0.0),
               ("Charlotte Pembridge", "Götz Ährenthal", "Rüdiger Faßbinder")),
    SampleTeam("behoerden", "Behörden",
    "Schlüsselkunden", "Deutschland", 64, 1.3, 0.30, 85, (0.2, 0.5, 0.3, 0.0),
               ("Bärbel Köppke", "Edwin Marlowe-Finch", "Nadja Größner")),
)  # fmt: skip
ACCOUNT_HEADS = (
    "Werft", "Molkerei", "Stadtwerke", "Klinikverbund", "Reederei", "Gießerei", "Hafenbetriebe",
    "Käserei", "Pumpwerk", "Windpark", "Brauerei", "Chemiepark", "Labor", "Mühle", "Glashütte",
    "Northgate", "Ashbourne", "Weatherby", "Kingsmere", "Larkfield",
)  # fmt: skip
ACCOUNT_TAILS = (
    "Süderhaff", "Geestland", "Osterfehn", "Treenetal", "Langwarf", "Wremersiel", "Nordermarsch",
    "Harmshof", "Dollersum", "Ottersund", "Grünau", "Bösingfeld", "Mühlacker", "Jüterfelde",
    "Instruments", "Valves", "Energy", "Optics", "Foods", "Logistics",
)  # fmt: skip
