"""The guardian's pages, as `app.py` registers them."""

from guardian.consent import answer_pages, leaving_pages

ROUTES = [
    answer_pages.page,
    answer_pages.answer,
    answer_pages.change,
    answer_pages.done,
    answer_pages.notice,
    answer_pages.later,
    answer_pages.receipt_json,
    leaving_pages.withdraw_page,
    leaving_pages.withdraw,
    leaving_pages.not_mine_page,
    leaving_pages.not_mine,
    leaving_pages.thanks,
    leaving_pages.reminders_page,
    leaving_pages.stop_reminders,
    leaving_pages.fresh,
]
