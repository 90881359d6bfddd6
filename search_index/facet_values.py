"""The values of a document that findings are narrowed by."""

from search_index.engine import Document, Facet, Reach


def facet_values(document: Document) -> dict[Facet, tuple[str, ...]]:
    """Return the values of each facet, sorted; none is empty."""
    reach = {Reach.ONLINE: document.online, Reach.LENDABLE: document.lendable}
    values = {
        Facet.SUBJECT: document.subjects,
        Facet.CONTENT_FIELD: document.content_fields,
        Facet.GRADE: map(str, document.grades),
        Facet.SCHOOL_FORM: document.school_forms,
        Facet.MEDIA_TYPE: (document.media_type,),
        Facet.MEDIA_COMPETENCE: document.media_competences,
        Facet.LEARNING_COMPETENCE: document.learning_competences,
        Facet.LANGUAGE: document.languages,
        Facet.YEAR: () if document.year is None else (str(document.year),),
        Facet.AVAILABILITY: (way.value for way, is_so in reach.items() if is_so),
        Facet.GROUP: document.groups,
    }
    return {facet: tuple(sorted(filter(None, each))) for facet, each in values.items()}
