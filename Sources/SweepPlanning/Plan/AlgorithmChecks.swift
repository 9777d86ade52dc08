import Definitions
import TrialContract

extension LayoutChecks {
    /// A program takes a millisecond to type.
    private static let mostAlgorithms = 64

    /// The sweep's own algorithms must make sense for all parameters and dimensions that they are swept over.
    func checkAlgorithms() {
        for (index, entry) in (layout.spec.choices[.optimizer]?.entries ?? []).enumerated() {
            guard let own = entry.algorithm else { continue }
            let names = ["optimizer", "dimension", "steps"] + own.definition.parameters.map { "optimizer.\($0.name)" }
            let quantities = names.compactMap { layout.place(of: $0) }
            let scan = GridScan(layout, quantities, over: quantities.map { layout.quantities[$0].dimensions }.union())
            var isWrong = false
            func look(_ digits: Digits, _ values: UnsafeBufferPointer<Double>) -> Bool {
                guard !isWrong, Int(layout.value("optimizer", at: digits)) == index, layout.isIncluded(digits) else {
                    return !isWrong
                }
                do {
                    _ = try own.algorithm(
                        parameters: layout.choice(.optimizer, at: digits).parameters,
                        dimension: min(ClassBuilder.mostPlanned, max(1, Int(layout.value("dimension", at: digits)))),
                        steps: Int(layout.value("steps", at: digits)))
                } catch {
                    diagnostics.report(error, own.places, layout.spec.sourceText)
                    isWrong = true
                }
                return !isWrong
            }
            if let count = scan.count, count <= Self.mostAlgorithms {
                scan.forEach(look)
            } else {
                scan.sampleDigits(Self.mostAlgorithms) { _ = look($0, $1) }
            }
        }
    }
}
