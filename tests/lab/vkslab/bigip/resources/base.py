# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Base classes of the REST resources: a collection with its items, and a collection below an item.

A new resource is a subclass of ``Collection`` and one row in ``registry``. It states its ``component``, its
``title`` and its ``methods``, and implements ``stored``, ``find`` and ``item``, and of ``create``, ``update``
and ``remove`` what its methods need.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from functools import partial
from typing import ClassVar, Generic, Protocol, TypeVar

from ..device import partition_of
from ..http import Reply, Request, Router, TmError, full_path
from .backend import Backend
from .shapes import INVALID, Item, collection, in_partition, kind_of, named, select

TM = "/mgmt/tm"


class HasPath(Protocol):
    @property
    def path(self) -> str: ...


Stored = TypeVar("Stored", bound=HasPath)
Parent = TypeVar("Parent")
Endpoints = dict[str, dict[str, Callable[..., Reply]]]


class Resource(ABC):
    """One URL, or a few that belong together."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend

    @abstractmethod
    def routes(self, router: Router) -> None: ...


class Collection(Resource, Generic[Stored]):
    """A collection and its items: GET of both, and of POST, PATCH and DELETE those in ``methods``."""

    component: ClassVar[str]  # the URL below /mgmt/tm: ltm/pool
    title: ClassVar[str]  # mcpd's word in messages: Pool
    methods: ClassVar[frozenset[str]] = frozenset()
    filtered: ClassVar[bool] = True  # by ``$filter=partition eq X``

    @abstractmethod
    def stored(self) -> Iterable[Stored]:
        """All objects, in the order of the collection."""

    @abstractmethod
    def find(self, path: str) -> Stored | None:
        """The object with this full path."""

    @abstractmethod
    def item(self, one: Stored, request: Request) -> Item:
        """The object as REST shows it. ``head`` is its beginning."""

    def create(self, path: str, body: Item) -> None:
        """Store a new object. POST calls this within a transaction."""
        raise NotImplementedError

    def update(self, one: Stored, body: Item) -> None:
        """Store the changed object. PATCH calls this within a transaction."""
        raise NotImplementedError

    def remove(self, one: Stored) -> None:
        """DELETE calls this within a transaction."""
        raise NotImplementedError

    # Names and errors, which a resource overrides where its own differ.

    @property
    def uri(self) -> str:
        """Where the collection is, below /mgmt/tm. A subcollection has its parent's name in it."""
        return self.component

    @property
    def kind(self) -> str:
        return kind_of(self.component)

    @property
    def generation(self) -> int:
        return 1

    def head(self, one: Stored) -> Item:
        return named(f"{self.kind}state", self.uri, one.path, self.generation)

    def path_of(self, name: str) -> str:
        """The full path of the name in a URL."""
        return full_path(name)

    def new_path(self, body: Item) -> str:
        """The full path of an object to create: from ``name``, ``partition`` and ``subPath``.

        Its folder must exist.
        """
        name, partition, folder = (
            str(body.get("name", "")),
            str(body.get("partition", "Common")),
            str(body.get("subPath", "")),
        )
        if not name:
            raise TmError(400, 'one or more properties must be specified: "name"', INVALID)
        path = name if name.startswith("/") else "/".join(["", partition, *filter(None, [folder]), name])
        parent = path.rpartition("/")[0]
        if parent not in self.backend.device.folders:
            raise TmError(404, f"01020036:3: The requested folder ({parent}) was not found.")
        return path

    def missing(self, path: str) -> TmError:
        return TmError(404, f"01020036:3: The requested {self.title} ({path}) was not found.")

    def existing(self, path: str) -> TmError:
        return TmError(
            409,
            f"01020066:3: The requested {self.title} ({path}) already exists in partition "
            f"{partition_of(path)}.",
        )

    # One method for each request.

    def get_collection(self, request: Request) -> Reply:
        items = (self.item(one, request) for one in self.listed(request))
        return Reply(body=collection(f"{self.kind}collectionstate", self.uri, items, request))

    def get(self, request: Request, name: str) -> Reply:
        return Reply(body=select(self.item(self.wanted(name), request), request))

    def post(self, request: Request) -> Reply:
        body = request.json()
        path = self.new_path(body)
        if self.find(path) is not None:
            raise self.existing(path)
        with self.backend.change():
            self.create(path, body)
        return self._shown(path, request)

    def patch(self, request: Request, name: str) -> Reply:
        one = self.wanted(name)
        with self.backend.change():
            self.update(one, request.json())
        return self._shown(one.path, request)

    def delete(self, request: Request, name: str) -> Reply:
        one = self.wanted(name)
        with self.backend.change():
            self.remove(one)
        return Reply()

    def wanted(self, name: str) -> Stored:
        """The object that a URL names."""
        path = self.path_of(name)
        one = self.find(path)
        if one is None:
            raise self.missing(path)
        return one

    def listed(self, request: Request) -> list[Stored]:
        """The objects that the request's filter selects."""
        partition = in_partition(request, self.backend.device) if self.filtered else None
        return [one for one in self.stored() if partition is None or partition_of(one.path) == partition]

    def _shown(self, path: str, request: Request) -> Reply:
        one = self.find(path)
        if one is None:
            raise self.missing(path)
        return Reply(body=self.item(one, request))

    @classmethod
    def endpoints(cls) -> Endpoints:
        """The handlers, unbound, by what follows the collection's URL. The first match counts."""
        of_item: dict[str, Callable[..., Reply]] = {"PATCH": cls.patch, "DELETE": cls.delete}
        return {
            "": {"GET": cls.get_collection, **({"POST": cls.post} if "POST" in cls.methods else {})},
            "/{name}": {
                "GET": cls.get,
                **{method: handler for method, handler in of_item.items() if method in cls.methods},
            },
        }

    def routes(self, router: Router) -> None:
        for suffix, handlers in self.endpoints().items():
            router.add(
                f"{TM}/{self.uri}{suffix}",
                **{method: partial(handler, self) for method, handler in handlers.items()},
            )


class Subcollection(Generic[Parent]):
    """A collection below each item of another: ``ltm/pool/{parent}/members``.

    ``parent_of`` finds the parent by its name in the URL. ``child`` is the class of the collection, ``make``
    makes the parent's one.
    """

    def __init__(
        self,
        url: str,
        parent_of: Callable[[str], Parent],
        child: type[Collection[Stored]],
        make: Callable[[Parent], Collection[Stored]],
    ) -> None:
        self._url, self._parent_of, self._make = url, parent_of, make
        self._endpoints = child.endpoints()

    def routes(self, router: Router) -> None:
        for suffix, handlers in self._endpoints.items():
            router.add(
                f"{TM}/{self._url}{suffix}",
                **{method: partial(self._answer, handler) for method, handler in handlers.items()},
            )

    def _answer(self, handler: Callable[..., Reply], request: Request, parent: str, **names: str) -> Reply:
        return handler(self._make(self._parent_of(parent)), request, **names)
