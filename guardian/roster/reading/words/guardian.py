"""Header words of a guardian's columns: who is meant, which slot, and which field."""

MARKERS: dict[str, str] = {
    "mother": "mother | mum | mom | mere | matka | matki | mama | madre | de la madre | mutter | mothers",
    "father": "father | dad | pere | ojciec | ojca | tata | padre | del padre | vater | fathers",
    "guardian": "guardian | guardians | legal guardian | responsable legal | repr leg | representant legal | "
    "resp legal "
    "| responsable | responsables | tuteur | tuteur legal | tutrice | opiekun | opiekuna | opiekun prawny "
    "| opiekuna prawnego | opiekunowie | opiekunow | tutor legal | tutor | tutora | representante | "
    "representante legal "
    "| acudiente | apoderado | del tutor | erziehungsberechtigte | erziehungsberechtigter | erziehungsberechtigten "
    "| erziehungsber | erzieher | sorgeberechtigte | sorgeberechtigter | vormund | responsible adult | r | g",
    "parent": "parent | parents | p "
    "| parent carer | parent guardian | parents guardians | carer | carers | pg | rodzic "
    "| rodzica | rodzice | rodzicow | rodzic opiekun | rodzica opiekuna | rodzica opiekuna prawnego "
    "| rodzic opiekun prawny | rodzice opiekunowie | padres | elternteil | eltern | padre madre | padre madre tutor "
    "| familia | de la familia | family | household | parental | parent ou responsable | guardian parent",
    "contact": "contact | contacts | next of kin | kontakt | kontaktperson | ansprechpartner | observer | mentor "
    "| contacto | primary contact",
    "emergency": "emergency contact | emergency | urgence | personne a prevenir | contact d'urgence | notfallkontakt "
    "| contacto de urgencia",
    "home": "home | recovery | household",
}
"""`home`: an address of the household; nobody is named by it, so the school is asked."""

SLOTS: dict[str, int] = {
    **dict.fromkeys(
        [
            "1",
            "r1",
            "i",
            "primary",
            "first",
            "premier",
            "premiere",
            "primer",
            "primera",
            "erster",
            "erste",
            "pierwszy",
            "pierwszego",
            "p1",
            "g1",
            "01",
        ],
        1,
    ),
    **dict.fromkeys(
        [
            "2",
            "r2",
            "ii",
            "secondary",
            "second",
            "deuxieme",
            "segundo",
            "segunda",
            "zweiter",
            "zweite",
            "drugi",
            "drugiego",
            "autre",
            "other",
            "p2",
            "g2",
            "02",
        ],
        2,
    ),
    **dict.fromkeys(["3", "r3", "iii", "third", "troisieme", "tercer", "dritter", "trzeci", "p3", "g3", "03"], 3),
    **dict.fromkeys(["4", "r4", "iv", "fourth", "p4", "g4", "04"], 4),
}

FIELDS: dict[str, str] = {
    "name": "name | full name | fullname | names | nom complet | nom et prenom | nom prenom | imie i nazwisko "
    "| nazwisko i imie | nombre y apellidos | apellidos y nombre | nombre completo | prenom nom | vor und nachname "
    "| last first | apellidos nombre | nazwisko imie",
    "given": "first name | firstname | first | given name | forename | prenom | prenoms | imie | vorname | "
    "nombre | fname",
    "family": "last name | lastname | last surname | last | surname | family name | nom de famille | nom | nazwisko "
    "| nachname "
    "| familienname | apellidos | primer apellido | apellido | lname | apellido 1",
    "family2": "segundo apellido | apellido 2",
    "usage": "nom d'usage | nom usage | nom usuel",
    "email": "email | e mail | mail | email address | e mail address | emailaddress | courriel | mel | adresse mail "
    "| adresse e mail | adresse email | adresse electronique | adres e mail | adres email | poczta elektroniczna "
    "| correo | correo electronico | email 1 | e mail adresse | mailadresse | mail address | primary email "
    "| home email | home e mail | personal email | contact email | mails | emails | e mails | adres mailowy "
    "| courriels | email addresses | electronic mail address",
    "phone": "phone | telephone | tel | mobile | mobile number | mobile no | mobile phone | cell | cell "
    "phone | home phone "
    "| sms | phone number | phone no | main telephone | telephone number | tel portable | telephone "
    "portable | portable "
    "| gsm | telephone mobile | telefon | tel komorkowy | telefon komorkowy | nr telefonu | numer telefonu | telefono "
    "| movil | tfno movil | telefono movil | celular | handy | mobil | handynummer | telefonnummer "
    "| phone 1 | cellphone",
    "phone2": "contact number | number "
    "| work phone | telephone domicile | telephone travail | tel personnel | tel professionnel | tel domicile "
    "| tel travail | telefon domowy | telefono fijo | festnetz | tlfno urgencias | telefono de "
    "urgencia | notfallnummer "
    "| phone 2 | alternative phone",
    "relation": "relationship | relation | relationship to child | relationship to student | relationship to pupil "
    "| role | relationship role | related by | relation descriptor | relationship type "
    "| lien | lien parente | lien de parente | qualite | code parente "
    "| stopien pokrewienstwa | pokrewienstwo | relacja | typ opiekuna | parentesco | relacion | relacion con el alumno "
    "| vinculo | verwandtschaft | verwandtschaftsverhaltnis | beziehung | erzieherart | art | type | rel",
    "responsible": "parental responsibility | legal guardian flag | custody | custodial | custodia | sorgerecht "
    "| niveau responsabilite | has parental responsibility | pr | portal",
    "court_order": "court order",
    "priority": "priority | seq | sequence | order | priorite | priorytet",
    "language": "language | home language | langue | langue s parlee s | langues parlees | jezyk | jezyk "
    "kontaktu | idioma "
    "| sprache | lang | correspondence language | preferred language",
    "source_id": "id | sis id | contact id | guardian id | code identifiant | identifiant",
}

ALWAYS_GUARDIAN = (
    "home email | primary email | family email | home e mail | main telephone | primary phone "
    "| lives with pupil | recovery email | home secondary email | parental responsibility | home secondary e mail"
)
"""Headers that mean an adult even where no guardian is named."""

TEACHER = (
    "teacher | class teacher | form teacher | tuteur pedagogique | wychowawca | nauczyciel | lehrer | klassenlehrer "
    "| profesor | professeur | professeur principal | counselor | head of year | course tutor | subject tutor "
    "| tutor name | form tutor"
)
"""Adults of the school: never guardians."""
