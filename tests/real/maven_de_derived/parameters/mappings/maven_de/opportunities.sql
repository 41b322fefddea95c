-- Deals of the Maven export as a German system writes it. The team is the seller's manager.
-- rows: Verkaufschancen
SELECT
    p."Verkaufschancen-ID" AS opportunity_id,
    t."Führungskraft" AS team_id,
    CASE p."Phase" WHEN 'Gewonnen' THEN 'won' WHEN 'Verloren' THEN 'lost' ELSE 'open' END AS status,
    CASE WHEN p."Phase" IN ('Gewonnen', 'Verloren') THEN p."Abschlussdatum" END AS closed_on,
    p."Eröffnet am" AS created_on,
    coalesce(p."Kunde", p."Verkaufschancen-ID") || ', ' || p."Produkt" AS name,
    p."Kunde" AS account_id,
    p."Verkäufer" AS owner_id,
    CASE p."Phase" WHEN 'Qualifizierung' THEN 'Prospecting' WHEN 'Verhandlung läuft' THEN 'Engaging' END
        AS stage,
    p."Auftragswert (€)" AS amount,
    m."Listenpreis (€)" AS list_amount,
    coalesce(m."Produkt", p."Produkt") AS product,
    CASE a."Branche" WHEN 'technolgy' THEN 'technology' ELSE a."Branche" END AS segment,
    CASE t."Regionalbüro" WHEN 'Mitte' THEN 'Central' WHEN 'Ost' THEN 'East' ELSE 'West' END
        AS territory,
    p._row
FROM "Verkaufschancen" AS p
LEFT JOIN "Vertriebsteams" AS t ON t."Verkäufer" = p."Verkäufer"
LEFT JOIN "Produkte" AS m ON replace(m."Produkt", ' ', '') = replace(p."Produkt", ' ', '')
LEFT JOIN "Kunden" AS a ON a."Kunde" = p."Kunde"
