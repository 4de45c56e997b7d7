"""Made-up schools: pupils with guardians, with the letters of several languages."""

# ruff: noqa: E501 names stand whole

from datetime import date

from hypothesis import strategies as st
from msgspec import Struct

_NAMES = {
    "en": ("Ann Ivy Otto Maeve Rory Niamh Joe-Lee Mary-Kate", "Ames O'Shea Moor McDonald Smith-Jones Vance Pryce Quill"),
    "fr": ("Zoé Noël Aïcha François Hélène Jean-Loïc Maëlys Œdipe", "Lefèvre D'Estrée Gauché Brûlé Le-Goff Béranger Çelle Lœuil"),
    "pl": ("Łucja Święta Żaneta Paweł Józef Grażyna Bogusław Ścibor", "Żak Wójcik Gąska Śliwińska Źrebiec Łoś Ćwik Kowal-Nowak"),
    "es": ("Íñigo María Begoña Andrés Lucía Ángel Nuño Úrsula", "Núñez Peña Ibáñez Muñoz Güell Cañas Ríos Ávila"),
    "de": ("Jürgen Änne Käthe Björn Günter Jörg Zoë Öttmar", "Weiß Müller Schröder Groß Jäger Köhler Strauß Übel"),
    "tr": ("Ayşegül İpek Çağlar Gökçe Işık Şule Ömer Uğur", "Yıldız Çağlar Öztürk Şahin Güneş Aydın Koç Işıkay"),
}  # fmt: skip


class Adult(Struct, frozen=True):
    """A guardian as a roster tells one."""

    given: str
    family: str
    email: str
    phone: str = ""


class Pupil(Struct, frozen=True):
    """A pupil as a roster tells one."""

    id: str
    given: str
    family: str
    birth: date
    group: str
    adults: tuple[Adult, ...] = ()


@st.composite
def rosters(draw: st.DrawFn, letters: str, *, most: int, phones: bool) -> list[Pupil]:
    """A school of one to six pupils; `most`: guardians of one pupil; `letters`: the languages of the names.

    No two people share a name or an address, and the first pupil's day of birth proves the order of the dates.
    """
    languages = st.sampled_from(letters.split())

    def named(place: int) -> tuple[str, str]:
        given, family = _NAMES[draw(languages)]
        return draw(st.sampled_from(given.split())), f"{draw(st.sampled_from(family.split()))}-{_word(place)}"

    pupils: list[Pupil] = []
    for number in range(draw(st.integers(1, 6))):
        adults: list[Adult] = list(pupils[0].adults[:1]) if most and pupils and draw(st.booleans()) else []
        for other in range(draw(st.integers(0, most - len(adults)))):
            first, last = named(100 + number * 10 + other)
            phone = f"+447946{number:03}{other:03}" if phones and draw(st.booleans()) else ""
            adults.append(Adult(first, last, f"adult.{number}.{other}@example.org", phone))
        given, family = named(number)
        born = draw(st.dates(date(2010, 1, 1), date(2020, 12, 31)))
        if not number:
            born = born.replace(day=13 + born.day % 12)
        pupils.append(
            Pupil(
                f"{draw(st.integers(0, 9))}{1001 + number}",
                given,
                family,
                born,
                f"{draw(st.integers(1, 9))}B",
                tuple(adults),
            )
        )
    return pupils


def _word(number: int) -> str:
    return "".join("abcdefghij"[int(digit)] for digit in f"{number:03}").capitalize()
