"""Words with a part of their own in a search: too common, or meaning the same."""

_STOP_WORDS = """
a aber alle allem allen aller alles als also am an and at auch auf aus bei beim bin bis
bist by da damit dann das dass dem den denn der des dessen die dies diese diesem diesen
dieser dieses doch dort du durch ein eine einem einen einer eines er es etwas euch euer
for from für gegen hat hatte hier hinter ich ihm ihn ihr ihre ihrem ihren ihrer im in ins
is ist ja jede jedem jeden jeder jedes kann kein keine man mein meine mich mir mit nach
nicht noch nun nur ob oder of ohne on sehr sein seine sich sie sind so the to um und uns
unser unter vom von vor wann war waren warum was weil welche wenn wer wie wir wird with wo
zu zum zur zwischen über
"""

STOP_WORDS = frozenset(_STOP_WORDS.split())
"""Not indexed but in names, and passed over in a question that has other words."""

SYNONYM_GROUPS: tuple[tuple[str, ...], ...] = (
    ("bio", "biologie"),
    ("chemie", "che"),
    ("deutsch", "germanistik"),
    ("englisch", "english", "anglistik"),
    ("erdkunde", "geografie", "geo"),
    ("ethik", "werteerziehung"),
    ("französisch", "franz", "francais"),
    ("geschichte", "historie"),
    ("gesundheit", "gesundheitserziehung"),
    ("info", "informatik"),
    ("kunst", "bk"),
    ("latein", "lateinisch"),
    ("mathe", "mathematik"),
    ("musik", "musikunterricht"),
    ("nawi", "naturwissenschaft", "naturwissenschaften"),
    ("physik", "phy"),
    ("politik", "powi", "gemeinschaftskunde"),
    ("reli", "religion", "religionslehre"),
    ("sachunterricht", "sachkunde", "su"),
    ("sowi", "sozialwissenschaft", "sozialwissenschaften"),
    ("spanisch", "espanol"),
    ("sport", "turnen"),
    ("wirtschaft", "ökonomie"),
    ("computer", "pc"),
    ("handy", "smartphone", "mobiltelefon"),
    ("kamera", "fotoapparat"),
    ("film", "video"),
    ("beamer", "projektor"),
    ("roboter", "robotik"),
    ("usa", "amerika"),
    ("ddr", "ostdeutschland"),
    ("ns", "nationalsozialismus"),
    ("1", "erster"),
    ("2", "zweiter"),
    ("3", "dritter"),
    ("18", "achtzehnter"),
    ("19", "neunzehnter"),
    ("20", "zwanzigster"),
)
"""Single words that answer for each other at lower weight; the order within a group is free."""
