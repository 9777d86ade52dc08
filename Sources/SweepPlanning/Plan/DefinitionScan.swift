import Definitions
import TrialContract

extension LayoutChecks {
    /// To build one takes a millisecond.
    private static let mostBuilt = 64

    /// Reports the first thing that is wrong with something that the sweep defines, at the combinations of what it depends on
    /// that are not dropped: at all of them where they are few, otherwise at some.
    ///
    /// - Parameters:
    ///   - names: of quantities; those that the sweep does not have are left out.
    ///   - places: where its texts stand, by their source number.
    ///   - build: builds it for a combination, in as many dimensions as are planned.
    func checkDefinition(
        dependingOn names: [String], places: [(field: String, node: SourceNode)],
        _ build: (_ digits: Digits, _ dimension: Int) throws(DefinitionError) -> Void
    ) {
        let quantities = names.compactMap { layout.place(of: $0) }
        let scan = GridScan(layout, quantities, over: quantities.map { layout.quantities[$0].dimensions }.union())
        scan.visit(atMost: Self.mostBuilt) { digits, _ in
            guard layout.isIncluded(digits) else { return true }
            do throws(DefinitionError) {
                try build(digits, min(ClassBuilder.mostPlanned, max(1, Int(layout.value("dimension", at: digits)))))
                return true
            } catch {
                diagnostics.report(error, places, layout.spec.sourceText)
                return false
            }
        }
    }
}
