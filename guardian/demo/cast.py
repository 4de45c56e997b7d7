"""The made-up people of the demo: one small school in Warsaw with families that read three languages."""

ROSTER = """Student ID,First name,Last name,Date of birth,Class,Guardian 1 name,Guardian 1 relationship,\
Guardian 1 email,Guardian 1 language,Guardian 2 name,Guardian 2 relationship,Guardian 2 email,Guardian 2 language
1001,Anna,Kowalska,2016-05-01,4a,Maria Kowalska,mother,maria.kowalska@example.org,pl,,,,
1002,Jan,Kowalski,2014-11-23,6b,Maria Kowalska,mother,maria.kowalska@example.org,pl,,,,
1003,Chloé,Lefèvre,2015-02-14,5a,Élodie Lefèvre,mother,elodie.lefevre@example.org,fr,Marc Lefèvre,father,\
marc.lefevre@example.org,fr
1004,Noah,Ashdown,2016-08-30,4a,Grace Ashdown,mother,grace.ashdown@example.com,en,,,,
1005,Zofia,Wiśniewska,2015-12-02,5a,Piotr Wiśniewski,father,piotr.wisniewski@example.org,pl,,,,
1006,Łukasz,Żółć,2014-03-17,6b,Agnieszka Żółć,mother,agnieszka.zolc@example.org,pl,,,,
1007,Inès,Moreau,2016-01-09,4a,Julien Moreau,father,julien.moreau@example.org,fr,,,,
1008,Oliver,Penhale,2015-07-21,5a,Ruth Penhale,mother,ruth.penhale@example.com,en,,,,
1009,Maja,Dąbrowska,2014-09-05,6b,Ewa Dąbrowska,mother,ewa.dabrowska@example.org,pl,Tomasz Dąbrowski,father,\
tomasz.dabrowski@example.org,pl
1010,Antoni,Wójcik,2016-10-12,4a,,,,,,,,
1011,Emma,Sterling,2009-04-02,8c,Helen Sterling,mother,helen.sterling@example.com,en,,,,
1012,Leon,Nowicki,2015-05-30,5a,Katarzyna Nowicka,mother,katarzyna.nowicka@example.org,pl,,,,
"""
"""Twelve learners: siblings, two guardians, one without a guardian, one over the Polish threshold."""

SCHOOL = {
    "name": "Linden Primary School",
    "jurisdiction": "PL",
    "timezone": "Europe/Warsaw",
    "language": "en",
    "contact_email": "office@linden.example.org",
    "legal_model": "guardian_consent",
    "verified_domains": ("linden.example.org",),
    "pupil_domains": ("pupils.linden.example.org",),
}
STAFF = ("secretary@linden.example.org", "Beata Office")
SIGNATORY = ("head@linden.example.org", "Hanna Headley", "Head teacher")
ADMIN = ("privacy@operator.example.org", "Adam Officer")
