"""One small sales world: what truly happened, before any CRM writes it down in its own way."""

import datetime as dt
import random
from dataclasses import dataclass, field

FIRST, LAST = dt.date(2025, 1, 1), dt.date(2026, 6, 30)
QUARTERS = ("2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2")
TEAMS = {
    "Nord": ("Jörg Weiß", "Anna Öztürk"),
    "Süd": ("Zoë Müller", "Max Groß"),
    "Großkunden": ("Eva Lüders", "Tim Ächter"),
}
STAGES = ("Qualifizierung", "Bedarf geklärt", "Angebot", "Verhandlung")
PRODUCTS, TERRITORIES = ("Pumpen", "Ventile", "Prüfstände"), ("Hamburg", "München", "Österreich")
SOURCES, REASONS = ("Messe", "Empfehlung", "Web"), ("Preis", "Zeitpunkt", "Kein Bedarf")
COMPETITORS = ("Müller & Söhne", "ACME")


@dataclass
class Deal:
    """One deal as of the last day, and each change of it: (moment, field, value)."""

    id: str
    name: str
    account: str
    owner: str
    team: str
    product: str
    territory: str
    source: str
    created: dt.datetime
    first: dict
    amount: float
    planned: dt.date
    stage: str
    status: str = "open"
    closed: dt.datetime | None = None
    reason: str | None = None
    competitor: str | None = None
    changes: list = field(default_factory=list)

    def change(self, moment, name, value):
        """Note a change and take the new value."""
        self.changes.append((moment, name, value))
        setattr(self, name, value)


def deals(seed=20260630, count=320):
    """Return the deals of the world, the last one created on its last day."""
    chance = random.Random(seed)
    return [_deal(chance, n, last=n == count) for n in range(1, count + 1)]


def targets():
    """Return (quarter, team, target) of every team and quarter."""
    return [
        (quarter, team, 150_000.0 + 12_500.5 * n + 5_000 * m)
        for n, quarter in enumerate(QUARTERS)
        for m, team in enumerate(TEAMS)
    ]


def _deal(chance, n, *, last):
    team = chance.choice(list(TEAMS))
    days = (LAST - FIRST).days
    day = LAST if last else FIRST + dt.timedelta(days=chance.randrange(days))
    created = _moment(chance, day)
    account = f"Kunde {chance.randrange(40):02d} GmbH; Söhne"
    planned = day + dt.timedelta(days=chance.randint(20, 150))
    first = {
        "amount": round(chance.uniform(800, 40_000), 2),
        "planned": planned,
        "stage": STAGES[0],
    }
    deal = Deal(
        id=f"{100_000 + n}",
        name=f'Auftrag {n}, "{chance.choice(PRODUCTS)}" für {account}',
        account=account,
        owner=chance.choice(TEAMS[team]),
        team=team,
        product=chance.choice(PRODUCTS),
        territory=chance.choice(TERRITORIES),
        source=chance.choice(SOURCES),
        created=created,
        first=first,
        **first,
    )
    _live(chance, deal)
    return deal


def _live(chance, deal):
    """Let a deal move through its stages until it is decided or the world ends."""
    day = deal.created.date()
    for stage in STAGES[1:]:
        day += dt.timedelta(days=chance.randint(3, 35))
        if day >= LAST:
            return
        moment = _moment(chance, day)
        deal.change(moment, "stage", stage)
        if chance.random() < 0.3:
            deal.change(moment, "amount", round(deal.amount * chance.uniform(0.6, 1.4), 2))
        if chance.random() < 0.4:
            moved = deal.planned + dt.timedelta(days=chance.randint(-40, 80))
            deal.change(moment, "planned", max(moved, day))
        if chance.random() < 0.25:
            break
    day += dt.timedelta(days=chance.randint(1, 30))
    if day >= LAST or chance.random() < 0.1:
        return
    deal.closed = _moment(chance, day)
    deal.status = "won" if chance.random() < 0.45 else "lost"
    deal.reason = chance.choice(REASONS) if deal.status == "lost" else None
    deal.competitor = chance.choice((None, *COMPETITORS))


def _moment(chance, day):
    return dt.datetime.combine(day, dt.time(chance.randint(8, 17), chance.randrange(60)))
