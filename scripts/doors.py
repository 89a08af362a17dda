"""The import contract "doors": a room is imported by others only through its facade.

A room is a package below the root package with a module `facade` in it. Modules beside the rooms (settings, URLs,
models, management commands) are no rooms: those named `wiring`, and what is in them, may import anything; the others
only facades.
"""

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class DoorsContract(Contract):
    type_name = "doors"

    root = fields.StringField()
    wiring = fields.SetField(subfield=fields.ModuleField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Broken by every import of a module inside another room; `metadata["bypasses"]` lists them by line."""
        rooms = {child for child in graph.find_children(self.root) if f"{child}.facade" in graph.modules}
        wiring = tuple(f"{module.name}." for module in self.wiring)
        bypasses = []
        for importer in sorted(graph.modules):
            for imported in sorted(graph.find_modules_directly_imported_by(importer)):
                room = ".".join(imported.split(".")[:2])
                is_inside = room in rooms and not f"{importer}.".startswith(f"{room}.")
                if is_inside and imported != f"{room}.facade" and not f"{importer}.".startswith(wiring):
                    bypasses += [
                        f"{importer} -> {imported} (line {details['line_number']})"
                        for details in graph.get_import_details(importer=importer, imported=imported)
                    ]
        return ContractCheck(kept=not bypasses, metadata={"bypasses": bypasses})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for bypass in check.metadata["bypasses"]:
            output.print_error(bypass)
        output.new_line()
