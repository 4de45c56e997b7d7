"""Header words of the pupil's own columns: field -> language -> words, the surest word first.

Where two columns of one file match the same field, the earlier word wins.
"""

STUDENT: dict[str, dict[str, str]] = {
    "platform_id": {"en": "platform id | learner id | platform user id"},
    "id": {
        "en": "student id | student number | student no | pupil id | pupil no | pupil number | sis id | sourced id "
        "| student sis id | user id | id number | idnumber | local id | state id | state student id | lasid | sasid "
        "| ssid | upn | uln | admission number | admission no | adno | mis id | other id | external id | person id "
        "| dcid | stu id | lrn | roll number | roll no | urn pupil | employee id | account # | account | account no "
        "| student code | pupil code | student identifier | code | learner number | name id | "
        "studentnum | statenum | student ids | id",
        "fr": "ine | id national | identifiant national | identifiant national eleve | numero ine | no ine | no eleve "
        "| numero eleve | num eleve etab | eleve no etab | matricule | code identifiant | identifiant eleve "
        "| identifiant | numero interne | id eleve",
        "pl": "nr w ksiedze uczniow | nr ks uczniow | nr ku | numer legitymacji | nr legitymacji | nr leg "
        "| identyfikator ucznia | id ucznia | kod ucznia | nr ewidencyjny | identyfikator | numer ucznia | nr ucznia",
        "es": "nº id escolar | nie | nia | numero de identificacion escolar | id alumno | idalumno | no expediente "
        "| no expte en el centro | matricula | codigo alumno | cial | numero de matricula",
        "de": "schuler id | schulernummer | interne id nummer | ident nr | asv id | schuleridentnummer "
        "| personennummer | matrikelnummer | identifikator | schuler nr | schulernr",
    },
    "given": {
        "en": "legal forename | legal first name | first name | firstname | given name | givenname | forename "
        "| forenames | first | fname | first names | given names | christian name | chosen forename",
        "fr": "prenom | prenom de l'eleve | prenoms | prenom 1 | prenom usuel",
        "pl": "imie | imie ucznia | pierwsze imie | imie 1 | imiona",
        "es": "nombre | nombres | primer nombre | nombre de pila | nombre del alumno | nombre de la alumna",
        "de": "vorname | vornamen | alle vornamen | schuler vorname | vorname des schulers | rufname",
    },
    "nickname": {
        "en": "preferred first name | preferred name | preferred given name | known as | nickname"
        " | chosen first name | pref name"
    },
    "middle": {
        "en": "middle name | middle names | middle initial | preferred middle name",
        "fr": "prenom 2 | prenom 3 | deuxieme prenom",
        "pl": "drugie imie | imie 2 | imie2",
        "es": "segundo nombre",
        "de": "zweiter vorname",
    },
    "family": {
        "en": "legal surname | legal last name | last name | lastname | surname | family name | familyname "
        "| last surname | lastsurname | last | lname | chosen surname | surnames | preferred last name"
        " | preferred family name | preferred surname",
        "fr": "nom de famille | nom de naissance | nom patronymique | nom | nom de l'eleve",
        "pl": "nazwisko | nazwisko ucznia | nazwisko rodowe | nazwiska",
        "es": "apellidos | primer apellido | apellido paterno | apellido | apellido 1 | apellidos alumno a",
        "de": "nachname | familienname | zuname | schuler nachname | nachname des schulers",
    },
    "family2": {"es": "segundo apellido | apellido materno | apellido 2"},
    "usage": {"fr": "nom d'usage | nom usuel | nom d'epouse"},
    "full": {
        "en": "full name | fullname | student name | student | pupil | pupil name | display name | name | learner "
        "| learner name | child | child name | child's name | student's name | pupil's name | sortable name "
        "| student full name | surname forename",
        "fr": "nom complet | eleve | eleves | enfant | nom de l'enfant",
        "pl": "uczen | dziecko | uczen uczennica | nazwa ucznia",
        "es": "alumno a | alumno | alumna | nombre completo | estudiante | nombre y apellidos | alumnado",
        "de": "vollstandiger name | schuler | schuler in | schulerin | schulername | kind | schulerinnen und schuler",
    },
    "full_family_first": {
        "en": "last first | lastfirst | last name first name | surname and forename | surname first name",
        "fr": "nom prenom | nom et prenom | nom de l'eleve et prenom | nom et prenom de l'eleve | nom prenoms",
        "pl": "nazwisko i imie | nazwisko i imie ucznia | nazwisko imie | nazwisko i imiona",
        "es": "apellidos nombre | apellidos y nombre",
        "de": "name vorname | nachname vorname",
    },
    "full_given_first": {
        "en": "first last | first name last name | first and last name | forename surname",
        "fr": "prenom nom | prenom et nom",
        "pl": "imie i nazwisko | imie i nazwisko ucznia | imie nazwisko | imie i nazwisko dziecka",
        "de": "vor und nachname | vorname nachname | vorname und nachname",
    },
    "birth": {
        "en": "dob | d o b | date of birth | birth date | birthdate | birthday | born | bday | date birth | birth dt",
        "fr": "date naissance | date de naissance | ne e le | ne le | nee le | naissance | ddn | date naiss | ne",
        "pl": "data urodzenia | data ur | ur | urodzony | urodzony a | data ur ucznia | dataurodzenia | urodzona",
        "es": "fecha de nacimiento | fecha nacimiento | fecha nac | f nac | nacimiento | fechanac | nacido a el "
        "| fecha de nac",
        "de": "geburtsdatum | geb datum | gebdat | geb | geboren | geboren am | geburtstag | gebdatum",
    },
    "grade": {
        "en": "grade | grade level | gradelevel | grades | year | year group | nc year | yr | level | year level "
        "| grade lvl",
        "fr": "niveau | niveau scolaire | mef | lib mef | degre | niveau classe",
        "pl": "poziom | rok nauki | poziom nauki",
        "es": "curso | nivel | grado | etapa | curso escolar",
        "de": "jahrgang | jahrgangsstufe | klassenstufe | stufe | schuljahrgang",
    },
    "class": {
        "en": "class | class name | homeroom | home room | section | section name | tutor group | registration "
        "| reg group | registration group | form | group | form group | org unit path | reg | teaching group "
        "| registration form | registration class | reg form | form class | class group",
        "fr": "classe | division | libelle classe | lib structure | code structure | identifiant classe | groupe "
        "| classes | regroupement | groupes | classe de l'eleve",
        "pl": "klasa | kl | oddzial | symbol | symbol oddzialu | litera | klasa oddzial | grupa",
        "es": "grupo | unidad | clase | seccion | aula",
        "de": "klasse | kl | klassenbezeichnung | lerngruppe | stammklasse | gruppe",
    },
    "school": {
        "en": "school | school name | school id | schoolid | school sis id | school urn | urn | dfe number "
        "| school dfe number | org | org sourced ids | org sourced id | primary org sourced id | building | campus "
        "| site | entity | school local id | school number | institution",
        "fr": "etablissement | ecole | nom ecole | uai | rne | uaj | code etablissement | college | lycee",
        "pl": "szkola | nazwa szkoly | jednostka | placowka | rspo | nr rspo",
        "es": "centro | centro educativo | colegio | codigo de centro | codigo del centro | ies | ceip",
        "de": "schule | schulname | schulnummer | dienststellennummer | schulkennziffer | skz",
    },
    "language": {
        "en": "language | home language | homelanguage | primary language | primarylanguage | first language "
        "| native language | lang | preferred language | correspondence language",
        "fr": "langue | langue maternelle | langue de correspondance",
        "pl": "jezyk | jezyk ojczysty | jezyk kontaktu | jezyk domowy",
        "es": "idioma | lengua materna | idioma de contacto | lengua familiar",
        "de": "sprache | muttersprache | verkehrssprache | familiensprache | korrespondenzsprache | herkunftssprache",
    },
    "role": {
        "en": "role | user type | person type | user role | account type | employee type",
        "fr": "type de compte | type d'utilisateur",
        "pl": "rola | typ uzytkownika",
        "es": "rol",
        "de": "rolle",
    },
    "ends": {
        "en": "exit date | exitdate | leaving date | date left | withdrawal date | date of leaving | end date"
        " | leave date",
        "fr": "date sortie | date de sortie | date de depart | radie | radie le | date de radiation",
        "pl": "data skreslenia | data odejscia | skreslony | data wypisania",
        "es": "fecha de baja | baja | fecha baja",
        "de": "entlassdatum | abgangsdatum | austritt | austrittsdatum",
    },
    "status": {
        "en": "status | enrollment status | enroll status | enrolment status | active | student status | leaver"
        " | enrollstatus | deleted",
        "fr": "statut",
        "pl": "status ucznia",
        "es": "estado matricula | estado | anulada",
        "de": "abganger | status schuler",
    },
    "counter": {
        "en": "no | num | nr | number | # | row | s no | sl no | sr no | serial no | item",
        "fr": "numero | no ordre | no d'ordre",
        "pl": "lp | l p | nr w dzienniku | nr dz | numer w dzienniku",
        "es": "no orden | n | orden",
        "de": "lfd nr | lfdnr | lfd | laufende nummer",
    },
}

SENSITIVE = (
    "password | passwort | haslo | mot de passe | contrasena | ssn | social security | social security number | race "
    "| ethnicity | ethnic origin | hispanic latino | federal race category | frl | frl status | free lunch "
    "| free reduced lunch | free school meals | fsm | iep | iep status | plan 504 | 504 | 504 plan | religion "
    "| nhs number | nhs no | medical | medical notes | allergies | disability | special education | low income "
    "| ell status | limited english proficiency | sped placement | sped level of need | program assigned | bourse "
    "| code bourse 1 | lib bourse 1 | code bourse 2 | lib bourse 2 | regime | code regime | lib regime | nationalite "
    "| pays nat | pai | no securite sociale | presence doss medic | pesel | niepelnosprawnosc | religia | orzeczenie "
    "| dni | dni pasaporte | pasaporte | nacionalidad | neae | tarjeta sanitaria | konfession | staatsangehorigkeit "
    "| forderbedarf | migrationshintergrund | sen | sen status | pupil premium | eal | gender identity | pin "
    "| american indian or alaska native | asian | black or african american | white | race codes | ethnicity codes "
    "| native hawaiian or other pacific islander | demographic race two or more races | hispanic or latino ethnicity "
    "| ssha password | password hash function | nationality | immigration status | looked after | in care | health"
)
"""Never stored: dropped on read and named in the report."""

BORING = (
    "gender | sex | sexe | plec | geschlecht | sexo | title | civilite | address | adresse | street | city | town "
    "| postcode | post code | zip | zip code | country | pays | username | login id | user name | metadata "
    "| enabled user | date last modified | user ids | cycle"
)
"""Known and not needed: they count as words of a header, and are listed as not stored."""
