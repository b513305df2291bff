"""Time zones by the names that people type."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadInput
from bot.services.zones import MOST, Atlas, ZonesService
from bot.services.zones import atlas as make_atlas
from tests.laws import tried

SUMMER = datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    """The atlas, made once: it never changes."""
    return make_atlas()


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("America/New York", "America/New_York"),
        ("US/Eastern", "America/New_York"),
        ("Berlin", "Europe/Berlin"),
        (" BERLIN ", "Europe/Berlin"),
        ("Berln", "Europe/Berlin"),
        ("Pakistan", "Asia/Karachi"),
        ("pakisten", "Asia/Karachi"),
        ("New York", "America/New_York"),
        ("new yrok", "America/New_York"),
        ("uk", "Europe/London"),
        ("England", "Europe/London"),
        ("Germany", "Europe/Berlin"),
        ("Munich", "Europe/Berlin"),
        ("münchen", "Europe/Berlin"),
        ("sao paulo", "America/Sao_Paulo"),
        ("Kiev", "Europe/Kyiv"),
        ("Calcutta", "Asia/Kolkata"),
        ("San Francisco", "America/Los_Angeles"),
        ("UTC", "UTC"),
        ("PKT", "Asia/Karachi"),
    ],
)
def test_a_certain_name_is_taken_as_it_is_typed(atlas: Atlas, text: str, zone: str) -> None:
    """Cities, countries, old names and slips that can only mean one zone need no second try."""
    assert atlas.find(text, SUMMER).key == zone
    assert atlas.search(text, SUMMER)[0].key == zone


@pytest.mark.parametrize("text", ["USA", "Russia", "Brazil", "EST", "IST", "GMT", "sao"])
def test_a_name_of_several_zones_is_answered_with_them(atlas: Atlas, text: str) -> None:
    """Where a name may mean several times of day, Farside asks instead of guessing, and names each once."""
    with pytest.raises(BadInput, match=r"several time zones.*`\w+(/\w+)*`, `\w+/\w+`") as asked:
        atlas.find(text, SUMMER)
    names = str(asked.value).partition("-# ")[2].split(" · ")
    assert len(set(names)) == len(names)  # nobody hears "United States" eight times


@pytest.mark.parametrize(
    "text", ["", "xyzzy", "Narnia", "🌕", "'; DROP TABLE guilds", "../../etc/passwd", "a" * 300]
)
def test_an_unknown_name_is_answered_with_what_to_type(atlas: Atlas, text: str) -> None:
    """What is no zone is refused with an example, whatever it is."""
    with pytest.raises(BadInput, match="Start typing a large city"):
        atlas.find(text, SUMMER)


def test_an_offset_finds_zones_that_keep_it_now(atlas: Atlas) -> None:
    """`UTC+2` offers places where it is two hours later than in UTC, but is no zone itself."""
    found = atlas.search("UTC+2", SUMMER)
    assert found[0].key == "Europe/Berlin"
    for zone in found:
        offset = SUMMER.astimezone(ZoneInfo(zone.key)).utcoffset()
        assert offset is not None
        assert offset.total_seconds() == 7200
    with pytest.raises(BadInput, match="does not know when clocks change"):
        atlas.find("UTC+2", SUMMER)


def test_without_text_the_likeliest_come_first(atlas: Atlas) -> None:
    """The zone of the person's language leads, large ones follow, in as many choices as Discord shows."""
    found = atlas.search("", SUMMER, locale="pl")
    assert found[0].key == "Europe/Warsaw"
    assert len(found) == 25
    assert len({zone.key for zone in found}) == 25


def test_a_country_offers_its_largest_zones_first(atlas: Atlas) -> None:
    """Of a country with many zones those of the most people come first."""
    assert [zone.key for zone in atlas.search("united states", SUMMER)][:4] == [
        "America/New_York",
        "America/Chicago",
        "America/Denver",
        "America/Los_Angeles",
    ]


@tried(40)
@given(st.text(max_size=40))
def test_any_text_gives_zones_that_exist(atlas: Atlas, text: str) -> None:
    """Whatever is typed, no more than 25 different zones are offered, and each exists."""
    found = [zone.key for zone in atlas.search(text, SUMMER)]
    assert len(found) <= 25
    assert len(set(found)) == len(found)
    for zone in found:
        ZoneInfo(zone)


@pytest.mark.parametrize(
    ("text", "zones"),
    [
        ("Granada", {"Europe/Madrid", "America/Managua"}),
        ("Newcastle", {"Australia/Sydney", "Europe/London", "Africa/Johannesburg"}),
        ("San José", {"America/Los_Angeles", "America/Costa_Rica"}),
        ("Birmingham", {"Europe/London", "America/Chicago"}),
        ("Hamilton", {"America/Toronto", "Pacific/Auckland"}),
        ("Valencia", {"Europe/Madrid", "America/Caracas"}),
        ("Hyderabad", {"Asia/Kolkata", "Asia/Karachi"}),
        ("Georgia", {"Asia/Tbilisi", "America/New_York"}),
        ("Victoria", {"Australia/Melbourne", "America/Vancouver"}),
        ("Washington", {"America/New_York", "America/Los_Angeles"}),
        ("Córdoba", {"America/Argentina/Cordoba", "Europe/Madrid"}),
        ("León", {"Europe/Madrid", "America/Managua", "America/Mexico_City"}),
        ("Congo", {"Africa/Kinshasa", "Africa/Lubumbashi"}),
        ("Samoa", {"Pacific/Apia", "Pacific/Pago_Pago"}),
        ("Punjab", {"Asia/Kolkata", "Asia/Karachi"}),
        ("BST", {"Europe/London", "Asia/Dhaka"}),
        ("CST", {"America/Chicago", "Asia/Shanghai"}),
        ("East", {"Asia/Dili"}),
        ("North", {"Asia/Pyongyang"}),
        ("San", {"Africa/Bamako", "Europe/San_Marino"}),
    ],
)
def test_where_a_name_may_mean_several_places_farside_asks(atlas: Atlas, text: str, zones: set[str]) -> None:
    """Namesakes, parts of names and short forms are answered with each place that may be meant."""
    for typed in (text, text.upper(), f" {text.lower()} "):
        with pytest.raises(BadInput, match="several time zones") as refusal:
            atlas.find(typed, SUMMER)
        for zone in zones:
            assert f"`{zone}`" in str(refusal.value)


@pytest.mark.parametrize(
    ("names", "zone"),
    [
        (("Türkiye", "Turkey", "turkiye", "TÜRKİYE"), "Europe/Istanbul"),
        (("Czechia", "Czech Republic", "Česko"), "Europe/Prague"),
        (("Kyiv", "Kiev", "Kiew"), "Europe/Kyiv"),
        (("Mumbai", "Bombay"), "Asia/Kolkata"),
        (("Myanmar", "Burma", "Rangoon", "Yangon"), "Asia/Yangon"),
        (("Eswatini", "Swaziland"), "Africa/Mbabane"),
        (("Ivory Coast", "Côte d'Ivoire", "Cote d’Ivoire"), "Africa/Abidjan"),
        (("North Macedonia", "Macedonia"), "Europe/Skopje"),
        (("Timor-Leste", "East Timor"), "Asia/Dili"),
        (("Beijing", "Peking"), "Asia/Shanghai"),
        (("Saigon", "Ho Chi Minh City", "Hanoi"), "Asia/Ho_Chi_Minh"),
        (("Cologne", "Köln", "Koeln"), "Europe/Berlin"),
        (("Genoa", "Genova", "Milano", "Firenze"), "Europe/Rome"),
        (("The Hague", "Den Haag"), "Europe/Amsterdam"),
        (("St. Petersburg", "Saint Petersburg", "Leningrad"), "Europe/Moscow"),
        (("Frankfurt", "Frankfurt am Main"), "Europe/Berlin"),
        (("Serbia", "Belgrade", "Kosovo"), "Europe/Belgrade"),
        (("UK", "U.K.", "the United Kingdom"), "Europe/London"),
        (("DC", "D.C.", "Washington, D.C."), "America/New_York"),
    ],
)
def test_a_place_is_known_by_all_its_names(atlas: Atlas, names: tuple[str, ...], zone: str) -> None:
    """Old names and new ones, English ones and the places' own mean the same."""
    assert {atlas.find(name, SUMMER).key for name in names} == {zone}


@pytest.mark.parametrize(
    ("text", "zone"),
    [("London", "Europe/London"), ("Paris", "Europe/Paris"), ("Perth", "Australia/Perth"), ("LA", None)],
)
def test_a_town_much_larger_than_its_namesakes_is_meant(atlas: Atlas, text: str, zone: str | None) -> None:
    """Nobody is asked whether London is the one in Ontario; of La Paz and Los Angeles neither is certain."""
    if zone is None:
        with pytest.raises(BadInput, match="several"):
            atlas.find(text, SUMMER)
    else:
        assert atlas.find(text, SUMMER).key == zone


@tried(25)
@given(typed=st.text(alphabet="abcdefghinorstuw ", min_size=1, max_size=4))
def test_a_suggestion_is_taken_as_it_was_shown(atlas: Atlas, typed: str) -> None:
    """The visible name of a suggestion, sent in place of its value, means its zone."""
    for zone in atlas.search(typed, SUMMER):
        assert atlas.find(f"{zone.key} · {zone.name} · Wed 14:00", SUMMER).key == zone.key


async def test_the_atlas_is_made_once_beside_the_loop() -> None:
    """Whoever needs it first has it made; the others wait for the same one."""
    make_atlas.cache_clear()
    zones = ZonesService()
    zones.begin()
    assert await zones.load() is await zones.load()


@pytest.mark.parametrize("text", ["a", "s", "sa", "UTC+2", "-3:30", "q" * 100, "xyz", "the", "", "saint"])
def test_a_search_looks_at_few_names(atlas: Atlas, text: str) -> None:
    """At most so many choices as Discord shows come back, and none twice."""
    found = [zone.key for zone in atlas.search(text, SUMMER)]
    assert len(set(found)) == len(found) <= MOST
