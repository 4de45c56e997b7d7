"""Exports of American systems."""

from guardian.roster.reading.profile import Profile

_POWERSCHOOL = {"0": "here", "-1": "here", "2": "left", "3": "left", "1": "left", "4": "left"}

PROFILES = (
    Profile(
        name="sds-1",
        marks=("sis id", "school sis id", "first name", "last name"),
        order="mdy",
        mode="bulk",
        pinned={"sis id": "id", "student number": "ignored", "state id": "ignored", "secondary email": "email"},
    ),
    Profile(
        name="sds-1",
        marks=("id", "school dfe number", "first name", "last name"),
        order="dmy",
        mode="bulk",
        pinned={"id": "id", "school dfe number": "school", "secondary email": "email"},
    ),
    Profile(
        name="clever",
        marks=("school id", "student id", "last name", "first name"),
        one_of=("contact name", "dob", "student email"),
        order="mdy",
        mode="bulk",
        pinned={"student number": "ignored", "state id": "ignored"},
    ),
    Profile(
        name="powerschool",
        marks=("student number",),
        one_of=("enroll status", "grade level", "home room", "from table"),
        order="mdy",
        statuses=_POWERSCHOOL,
    ),
    Profile(name="aspen", marks=("local id", "full name"), one_of=("homeroom", "enrollment status", "state id")),
    Profile(name="ed-fi", marks=("student id", "state student id"), order="mdy"),
    Profile(name="ed-fi", one_of=("student unique id",), pinned={"student unique id": "id"}),
    Profile(
        name="infinite-campus",
        one_of=("student student number", "statenum", "studentnum"),
        order="mdy",
        pinned={
            "student student number": "id",
            "individual last name": "family",
            "individual first name": "given",
            "individual birthdate": "birth",
            "individual birth date": "birth",
            "household": "ignored",
        },
    ),
    Profile(name="skyward", marks=("name id",), one_of=("alpha key", "guardian 1 name", "other id"), order="mdy"),
    Profile(
        name="aeries",
        one_of=("stu id", "stu ln"),
        order="mdy",
        pinned={
            "stu id": "id",
            "stu ln": "family",
            "stu fn": "given",
            "stu bd": "birth",
            "stu gr": "grade",
            "stu pg": "guardian.name",
            "stu pem": "guardian.email",
            "stu tl": "guardian.phone",
        },
    ),
    Profile(name="rosariosis", marks=("name", "surname"), one_of=("account #", "account"), pinned={"email": "email"}),
)
