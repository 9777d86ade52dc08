import PortableMath
import TrialContract

/// Identities of sweeps and plans: SHA-256, in hexadecimal, of a text that lists what matters.
///
/// The sweep's holds everything that decides a trial's value apart from its cell: the program's kernels, the problem,
/// noise, start, schedules, seed and all other numbers as far as they are fixed. What is swept, zipped or derived is
/// part of the cell, so more values, more trials or more recorded quantities leave it alone: a result with the same
/// sweep fingerprint can be extended. The plan's adds the grid, the trials and the recorded quantities: a result with
/// the same plan fingerprint has the same shape and is simply resumed.
struct Fingerprints {
    let layout: Layout
    let catalogue: ComponentCatalogue

    var sweep: String { digest(sweepLines) }
    var plan: String { digest(sweepLines + planLines) }

    private func digest(_ lines: [String]) -> String {
        PortableMath.sha256(Array(lines.joined(separator: "\n").utf8)).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    private var sweepLines: [String] {
        let spec = layout.spec
        var lines = [
            "samsweep 1", "kernel_revision=\(catalogue.kernelRevision)", "method=\(spec.method)",
            "noise_scale=\(spec.noiseIsTotal ? "total" : "per_coordinate")",
            "noise_precision=\(spec.noisePrecision.rawValue)",
            "common_random_numbers=\(spec.usesCommonRandomNumbers)",
        ]
        for quantity in layout.quantities
        where quantity.dimensions.isEmpty && !quantity.isAxis && !quantity.isInternal {
            guard let values = quantity.table else { continue }
            lines.append("\(quantity.name)=\(quantity.labels?[0] ?? Self.text(values[0]))")
        }
        switch spec.start {
        case .radius: lines.append("start=radius")
        case .sphere: lines.append("start=sphere")
        case .vector(let values, _): lines.append("start.vector=\(Self.text(values))")
        case .blocks(let norms, _): lines.append("start.blocks=\(Self.text(norms))")
        }
        if let problem = spec.choices[.problem], problem.source == .fixed,
            let spectrum = problem.entries[0].spectrum?.label {
            lines.append("eigenvalues=\(spectrum)")
        }
        return lines.sorted()
    }

    private var planLines: [String] {
        var lines = ["plan", "trials=\(layout.spec.trials)"]
        lines.append("record=\(layout.spec.record.map(\.name).joined(separator: ","))")
        for dimension in layout.grid.dimensions {
            lines.append("dimension \(dimension.name)=\(Self.text(dimension.values))")
        }
        let derived = Dictionary(uniqueKeysWithValues: layout.spec.derived.map { ($0.field.name, $0.program) })
        for quantity in layout.quantities where quantity.isCoordinate && derived[quantity.name] == nil {
            guard let values = quantity.table, !quantity.isDefault else { continue }
            let names = quantity.dimensions.map { layout.grid.dimensions[$0].name }.joined(separator: ",")
            let text = quantity.labels?.joined(separator: ",") ?? Self.text(values)
            lines.append("coordinate \(quantity.name)(\(names))=\(text)")
        }
        for (name, program) in derived.sorted(by: { $0.key < $1.key }) {
            lines.append("derive \(name)=\(program?.canonicalText ?? "")")
        }
        if let condition = layout.condition { lines.append("where \(condition.program.canonicalText)") }
        return lines
    }

    private static func text(_ value: Double) -> String { brief(value) }
    private static func text(_ values: [Double]) -> String { values.map(brief).joined(separator: ",") }

    private static func text(_ values: AxisValues) -> String {
        switch values {
        case .names(let names): names.joined(separator: ",")
        case .integers(let numbers): numbers.map(String.init).joined(separator: ",")
        case .numbers(let numbers): text(numbers)
        }
    }
}
