"""Words with a part of their own in a search: too common, or meaning the same."""

_STOP_WORDS = """
a aber alle allem allen aller alles als also am an and are as at auch auf aus bei beim bin bis
bist by da damit dann das dass dem den denn der deren des dessen die dies diese diesem diesen
dieser dieses doch dort du durch ein eine einem einen einer eines er es etwas euch euer for from
fuer für gegen haben hat hatte hatten her hier hinter his how ich ihm ihn ihr ihre ihrem ihren
ihrer im in ins is ist its ja jede jedem jeden jeder jedes kann kein keine man mein meine mich mir
mit my nach nicht noch nun nur ob oder of ohne on or our sehr sein seine seinem seinen seiner sich
sie sind so that the their this to ueber um und uns unser unsere unter vom von vor wann war waren
warum was weil welche welcher welches wenn wer werden what who why wie wir wird with wo wurde
wurden you your zu zum zur zwischen über
"""

STOP_WORDS = frozenset(_STOP_WORDS.split())
"""Not indexed but in names, and passed over in a question that has other words."""

_SUBJECTS = """
bio biologie
che chemie
deu deutsch germanistik
eng englisch english anglistik
erdkunde geo geografie
ethik werteerziehung
français französisch franz
geschichte historie
gesundheitserziehung gesundheitsförderung gesundheit
info informatik
bk kunst kunsterziehung
latein lateinisch
mathe mathematik
musik musikerziehung
nawi naturwissenschaft nw
phy physik
philo philosophie
gemeinschaftskunde politik powi sozialkunde
reli religion religionslehre
hsu sachkunde sachunterricht su
sowi sozialwissenschaft
español spanisch
leibeserziehung sport turnen
ökonomie wirtschaft
"""

_MEDIA = """
arbeitsblatt arbeitsbogen kopiervorlage
dokumentarfilm dokumentation doku
enzyklopädie lexikon nachschlagewerk
film video
animationsfilm trickfilm zeichentrickfilm
jahrgang jahrgangsstufe klasse klassenstufe kl
bildungsplan curriculum kernlehrplan lehrplan
rechtschreiben rechtschreibung orthografie
unterrichtseinheit unterrichtsreihe unterrichtsvorhaben
"""

_DEVICES = """
beamer datenprojektor projektor videoprojektor
aktivbox boxen lautsprecher
arduino calliope microbit mikrocontroller
boomwhackers klangröhre klangstab
computer pc rechner
dokumentenkamera visualiser visualizer
bluescreen greenscreen
handy mobiltelefon smartphone
headset kopfhörer sprechgarnitur
camcorder digitalkamera filmkamera fotoapparat fotokamera kamera videokamera
chromebook laptop notebook
leinwand projektionswand
mikro mikrofon
ohp overheadprojektor polylux tageslichtprojektor
robotik roboter
aufnahmegerät diktiergerät recorder rekorder
dreibein stativ
ipad tablet
kiste koffer
linienfolger ozobot
smartboard whiteboard
3d dreidimensional
"""

_THEMES = """
amerika usa
abfall müll
automobil auto pkw
ddr ostdeutschland
desinformation fakenews falschmeldung falschnachricht
dino dinosaurier saurier
erderwärmung klimawandel
holocaust shoah judenvernichtung
kosmos universum weltall weltraum
legasthenie lrs
medienkompetenzrahmen mkr
nationalsozialismus ns
coding programmieren programmierung
sexualerziehung sexualkunde
weltmeisterschaft wm
"""

SYNONYM_GROUPS: tuple[tuple[str, ...], ...] = tuple(
    tuple(line.split())
    for table in (_SUBJECTS, _MEDIA, _DEVICES, _THEMES)
    for line in table.strip().splitlines()
)
"""Single words that answer for each other at lower weight; the order within a group is free."""

LONG_NAMES: tuple[tuple[str, str], ...] = (
    ("ar", "augmented reality"),
    ("ar", "erweiterte realität"),
    ("bne", "bildung für nachhaltige entwicklung"),
    ("brd", "bundesrepublik deutschland"),
    ("daf", "deutsch als fremdsprache"),
    ("daz", "deutsch als zweitsprache"),
    ("ddr", "deutsche demokratische republik"),
    ("desinformation", "fake news"),
    ("eu", "europäische union"),
    ("fairtrade", "fairer handel"),
    ("falschmeldung", "fake news"),
    ("ki", "künstliche intelligenz"),
    ("lrs", "lese rechtschreib schwäche"),
    ("lrs", "lese rechtschreib störung"),
    ("nationalsozialismus", "drittes reich"),
    ("socialmedia", "social media"),
    ("socialmedia", "soziale medien"),
    ("socialmedia", "soziale netzwerke"),
    ("uno", "vereinte nationen"),
    ("usa", "vereinigte staaten"),
    ("vr", "virtual reality"),
    ("vr", "virtuelle realität"),
    ("wwi", "erster weltkrieg"),
    ("wwii", "zweiter weltkrieg"),
)
"""Words, abbreviations most of them, and what they are called in several words; a title with one
is found by the other, and by what else the word is called."""
