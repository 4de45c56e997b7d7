"""Exports of learning platforms. They rarely know a birth date or a guardian."""

from guardian.roster.reading.profile import Profile

PROFILES = (
    Profile(
        name="google",
        marks=("first name", "last name", "email address"),
        one_of=("org unit path", "employee id", "password"),
        pinned={
            "email address": "email",
            "employee id": "id",
            "status": "ignored",
            "new status": "ignored",
            "work phone": "ignored",
            "home phone": "ignored",
            "mobile phone": "ignored",
        },
    ),
    Profile(
        name="moodle",
        marks=("username", "firstname", "lastname"),
        pinned={
            "idnumber": "id",
            "username": "ignored",
            "cohort 1": "class",
            "cohort1": "class",
            "profile field birthdate": "birth",
            "profile field dob": "birth",
            "role 1": "role",
            "role1": "role",
            "suspended": "ignored",
            "email": "email",
            "lang": "language",
        },
    ),
    Profile(name="canvas", marks=("user id", "login id"), pinned={"user id": "id", "email": "email"}, mode="bulk"),
)
