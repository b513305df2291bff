"""Words of English that the drafter's grammar rests on: closed classes, common verbs, irregular forms.

No article's own words stand here: only what any piece of news may use.
"""

from functools import cache


def word_list(text: str) -> tuple[str, ...]:
    """Return the words of `text` in their order."""
    return tuple(text.split())


def word_set(text: str) -> frozenset[str]:
    """Return the words of `text`, which are parted by spaces."""
    return frozenset(text.split())


DETERMINERS = word_set(
    "the a an this that these those its their his her our my your some any each every no another both all "
    "several many few most other such"
)
POSSESSIVES = word_set("its their his her our my your")
PRONOUNS = word_set("it they he she we i you this these those who which that there what")
PREPOSITIONS = word_set(
    "of in on at by for from to with without within into onto over under above below between among across "
    "through during until till since before after near beside behind beyond along around about against "
    "towards toward upon off out up down per via than as like despite inside outside beneath alongside "
    "throughout including amid past opposite"
)
CONJUNCTIONS = word_set("and but or nor so yet")
SUBORDINATORS = word_set(
    "because although though while whereas when whenever where if unless until since after before once "
    "as so that"
)
RELATIVES = word_set("which who whom whose that where")
BE = word_set("is are was were be been being am")
HAVE = word_set("has have had having")
DO = word_set("does do did")
MODALS = word_set("will would can could may might must should shall cannot")
AUXILIARIES = word_set("is are was were am has have had does do did") | MODALS
ADVERBS = word_set(
    "not never always often also just only still already now then soon ever even once twice almost nearly "
    "roughly about around approximately long much more most less least far well further together again later "
    "earlier so too very quite rather perhaps recently currently usually largely mainly mostly partly "
    "finally eventually initially originally first last yet likely therefore thus instead thereby hence "
    "both alone ago away back down up out off here there now yes no"
)
SAYING = word_set(
    "said says say told tells added adds explained explains warned warns claimed claims believe believes "
    "believed think thinks thought reported reports announced announces confirmed confirms suggest suggests "
    "suggested estimate estimates estimated expect expects expected show shows showed found concluded "
    "insisted means admitted revealed reveals argued argues noted notes wrote writes predicted predicts"
)
NEVER_NAMES = DETERMINERS | PRONOUNS | PREPOSITIONS | CONJUNCTIONS | SUBORDINATORS | AUXILIARIES | ADVERBS

# Words that begin sentences and are no names, beyond the closed classes.
OPENERS = word_set(
    "according additionally afterwards altogether anyone anything apart asked because besides born built "
    "called compared critics customers despite elsewhere everyone everything experts fans founded following "
    "given here hopefully however how images imagine indeed inside luckily located made many maybe meanwhile "
    "moreover named nearby nevertheless next nobody nothing nowadays officials once one overall "
    "people police "
    "pictured previously presumably published read researchers residents results sadly scientists similarly "
    "since soon speaking sources strangely studies subsequently surprisingly tests thanks there today "
    "together tomorrow tonight two three four five six seven eight nine ten unfortunately unlike visitors "
    "what when whenever where whether while why with witnesses workers yes yesterday yet new only even "
    "analysis work work's data head if part half details plans construction evidence engineers doctors "
    "archaeologists astronomers geologists biologists historians campaigners shares sales profits its "
    "temperatures more less fewer further earlier later last first second third another each every all most "
    "some several just nearly almost about around roughly including let's let do don't did does is are was "
    "were will can could would should may might must never always often sometimes usually"
)

_VERBS = word_list("""
accept achieve acquire act add admit adopt affect agree aim allow announce answer appear apply appoint
approach argue arrive ask assemble attack attempt attend attract award base bear beat become begin believe
belong bend blame block blow boast boil bombard break bring broadcast build burn burst bury buy call cancel
capture carry carve catch cause celebrate challenge change charge choose circle claim clear climb close
collapse collect collide combine come command commission compare compete complete comprise concede conclude
conduct confirm connect consider consist construct contain continue contribute control convert cool copy
cost count cover crash create cross crush cut date deal declare decline decorate decrease defeat defend
define deliver demand demolish depart depend depict describe design destroy detect determine develop die dig
direct disappear discover display dissolve divide donate double draw drill drive drop dry earn eat
eject elect emerge employ enable encourage end endure enjoy enter equal erupt escape establish estimate
evacuate examine excavate exceed exist expand expect explain explode explore export express extend face fail
fall feature feed feel fight figure fill film find finish fire fit fix float flood flow fly follow force
forecast form found freeze fuel fund gain gather generate get give go govern grant grow guide hail halt
handle happen harvest hatch have head hear heat help hide hit hold host house hunt identify ignite impose
improve include increase indicate inform inhabit inherit inject injure inspire install intend introduce
invade invent invest investigate invite involve issue join jump keep kick kill know label lack land last
launch lay lead leak learn leave lend let lie lift light limit line link list live load locate look lose
love lower maintain make manage manufacture map march mark marry match mate mean measure meet melt merge
migrate mine miss mix monitor mount move name narrow need net note nest number observe obtain occupy occur
offer open operate orbit order organise originate outline overlook overtake own paint part pass pay peak
perform pick place plan plant play point pour power predict prepare present preserve prevent print produce
project promise promote propose protect prove provide publish pull pump push put qualify quarry quit race
raise range rank reach react read realise rebuild recall receive record recover reduce refer reflect refuse
regain register reign reject release rely remain remember remove renew repair repeat replace report
represent require rescue research resemble reside resign rest restore result resume retain retire return
reveal ride ring rise risk roam roll rotate rule run sail save say scatter schedule score sculpt seal secure
see seek seem sell send separate serve set settle shake shape share shed shelter shine ship shoot show shrink
shut sign sing sink sit slide slow smash soar span spawn speak specialise spend spill spin split sponsor
spot spread sprout stage stand star start state stay steal stop store strap stretch strike study submit
succeed suffer suggest supply support surface surge surround survive suspect sweep swim switch take talk
target taste teach tear tell term test thank think threaten throw tie top total touch tour track trade train
transfer translate transmit transport trap travel treat trigger triple turn type uncover undergo understand
unearth unveil update upgrade use vary view visit vote wait walk want warn wash watch wear weigh welcome
widen win wipe withdraw work worship wound wrap write yield
""")

# base, past, participle; "-" stands for the base itself.
_IRREGULAR = """
bear bore born;beat - beaten;become became become;begin began begun;bend bent bent;blow blew blown;
break broke broken;bring brought brought;build built built;burst - -;buy bought bought;catch caught caught;
choose chose chosen;come came come;cost - -;cut - -;deal dealt dealt;dig dug dug;do did done;draw drew drawn;
drive drove driven;eat ate eaten;fall fell fallen;feed fed fed;feel felt felt;fight fought fought;
find found found;fly flew flown;forecast - -;freeze froze frozen;get got got;give gave given;go went gone;
grow grew grown;have had had;hear heard heard;hide hid hidden;hit - -;hold held held;keep kept kept;
know knew known;lay laid laid;lead led led;learn learnt learnt;leave left left;lend lent lent;let - -;
lie lay lain;light lit lit;lose lost lost;make made made;mean meant meant;meet met met;
overtake overtook overtaken;
pay paid paid;put - -;quit - -;read - -;rebuild rebuilt rebuilt;ride rode ridden;ring rang rung;
rise rose risen;
run ran run;say said said;see saw seen;seek sought sought;sell sold sold;send sent sent;set - -;
shake shook shaken;
shed - -;shine shone shone;shoot shot shot;show showed shown;shrink shrank shrunk;shut - -;sing sang sung;
sink sank sunk;sit sat sat;slide slid slid;speak spoke spoken;spend spent spent;spin spun spun;split - -;
spread - -;stand stood stood;steal stole stolen;strike struck struck;sweep swept swept;swim swam swum;
take took taken;teach taught taught;tear tore torn;tell told told;think thought thought;throw threw thrown;
undergo underwent undergone;understand understood understood;wear wore worn;win won won;
withdraw withdrew withdrawn;
write wrote written;be was been
"""


def _third_person(base: str) -> str:
    if base.endswith(("s", "x", "z", "ch", "sh", "o")):
        return base + "es"
    if base.endswith("y") and base[-2:-1] not in "aeiou":
        return base[:-1] + "ies"
    return base + "s"


def _regular_pasts(base: str) -> tuple[str, ...]:
    if base.endswith("e"):
        return (base + "d",)
    if base.endswith("y") and base[-2:-1] not in "aeiou":
        return (base[:-1] + "ied",)
    if base[-1] not in "aeiouwxy" and base[-2:-1] in tuple("aeiou") and base[-3:-2] not in tuple("aeiou"):
        return (base + "ed", base + base[-1] + "ed")
    return (base + "ed",)


@cache
def _forms() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Return present forms, pasts and participles, each to the verb's base."""
    present: dict[str, str] = {}
    past: dict[str, str] = {}
    participle: dict[str, str] = {}
    irregular = set()
    for entry in _IRREGULAR.replace("\n", "").split(";"):
        base, simple, done = entry.split()
        irregular.add(base)
        past.setdefault(base if simple == "-" else simple, base)
        participle.setdefault(base if done == "-" else done, base)
    for base in (*_VERBS, *irregular):
        present[_third_person(base)] = base
        if base not in irregular:
            for form in _regular_pasts(base):
                past[form] = base
                participle[form] = base
    past["found"] = "find"
    past["lay"] = "lie"
    participle["found"] = "find"
    present.pop("haves", None)
    present["has"] = "have"
    return present, past, participle


def base_of_third_person(word: str) -> str | None:
    """Return the base of a verb in "-s" ("measures" gives "measure"), or None."""
    return _forms()[0].get(word)


def is_base(word: str) -> bool:
    """Tell whether `word` is the base of a common verb."""
    return word in _bases()


@cache
def _bases() -> frozenset[str]:
    return frozenset(_VERBS)


def base_of_past(word: str) -> str | None:
    """Return the base of a simple past ("sank" gives "sink"), by rule where the verb is not listed."""
    known = _forms()[1].get(word) or _prefixed(word, _forms()[1])
    if known or not word.endswith("ed") or len(word) < 5 or word.endswith("eed"):
        return known
    if word.endswith("ied"):
        return word[:-3] + "y"
    stem = word[:-2]
    if stem[-1] == stem[-2] and stem[-1] not in "lsfz":
        return stem[:-1]
    return (
        stem + "e" if stem.endswith(("at", "iz", "is", "c", "v", "g", "u", "ur", "as", "ibl", "s")) else stem
    )


def _prefixed(word: str, forms: dict[str, str]) -> str | None:
    """Return the base of "overpaid", "rebuilt", "outran" by the verb behind the prefix."""
    for prefix in ("over", "under", "out", "mis", "re"):
        rest = word.removeprefix(prefix)
        if rest != word and len(rest) > 2 and rest in forms and not rest.endswith("ed"):
            return prefix + forms[rest]
    return None


def is_participle(word: str) -> bool:
    """Tell whether `word` may follow "has" or "was"."""
    return (
        word in _forms()[2] or bool(_prefixed(word, _forms()[2])) or (word.endswith("ed") and len(word) > 4)
    )


NOT_PAST = word_set(
    "hundred red bed shed need indeed speed seed breed feed sacred naked wicked crowded armed united "
    "sophisticated advanced so-called tired talented detailed limited experienced skilled"
)

IRREGULAR_PLURALS = {
    "people": "person",
    "men": "man",
    "women": "woman",
    "children": "child",
    "feet": "foot",
    "teeth": "tooth",
    "mice": "mouse",
    "wives": "wife",
    "knives": "knife",
    "lives": "life",
    "wolves": "wolf",
    "leaves": "leaf",
    "shelves": "shelf",
    "geese": "goose",
    "oxen": "ox",
    "larvae": "larva",
    "bacteria": "bacterium",
    "fungi": "fungus",
}
UNCHANGED_PLURALS = word_set(
    "fish sheep species aircraft spacecraft deer crew cattle staff police offspring cod salmon trout squid "
    "series hovercraft runners-up percent"
)


def is_plural(word: str) -> bool:
    """Tell whether a noun looks plural."""
    low = word.lower()
    return (
        low in IRREGULAR_PLURALS
        or low in UNCHANGED_PLURALS
        or (len(low) > 3 and low.endswith("s") and not low.endswith(("ss", "us", "is", "'s", "’s")))
    )


def singular(word: str) -> str:
    """Return the singular of a plural noun, by rule."""
    low = word.lower()
    if low in IRREGULAR_PLURALS:
        return IRREGULAR_PLURALS[low]
    if low in UNCHANGED_PLURALS or not is_plural(low):
        return word
    if low.endswith("ies") and len(low) > 4:
        return word[:-3] + "y"
    if low.endswith(("ches", "shes", "sses", "xes", "zes", "oes")):
        return word[:-2]
    return word[:-1]


def plural(word: str) -> str:
    """Return the plural of a singular noun, by rule; of a plural, itself."""
    low = word.lower()
    for many, one in IRREGULAR_PLURALS.items():
        if low == one:
            return many
    if is_plural(low) or low in UNCHANGED_PLURALS:
        return word
    return _third_person(word)
