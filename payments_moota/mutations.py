"""Looking mutations up."""

from sqlalchemy import select

from .errors import UnknownMutation
from .models import Mutation
from .models.bank import MutationStatus
from .work import Work


def list_mutations(work: Work, *, status: MutationStatus | None = None, limit: int = 1000) -> list[Mutation]:
    """Return the newest mutations, newest first."""
    query = select(Mutation).order_by(Mutation.id.desc()).limit(limit)
    if status:
        query = query.where(Mutation.status == status)
    return list(work.session.scalars(query))


def get_mutation(work: Work, mutation_id: str) -> Mutation:
    """Return the mutation with Moota's id. Raises UnknownMutation."""
    mutation = work.session.scalars(select(Mutation).where(Mutation.mutation_id == mutation_id)).one_or_none()
    if mutation is None:
        raise UnknownMutation(f"There is no mutation {mutation_id!r}; see `flask moota mutation list`.")
    return mutation
