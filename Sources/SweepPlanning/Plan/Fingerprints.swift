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

    var sweep: String { digest(sweepLines) }
    var plan: String { digest(sweepLines + planLines) }

    private func digest(_ lines: [String]) -> String { Self.digest(Array(lines.joined(separator: "\n").utf8)) }

    private static func digest(_ bytes: [UInt8]) -> String {
        PortableMath.sha256(bytes).map { (byte: UInt8) in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }

    private var sweepLines: [String] {
        let spec = layout.spec
        var lines = [
            "samsweep 1", "kernel_revision=\(spec.catalogue.kernelRevision)", "method=\(spec.method.rawValue)",
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
        case .defined: lines.append("start=defined")
        case .vector(let values, _): lines.append("start.vector=\(Self.text(values))")
        case .blocks(let norms, _): lines.append("start.blocks=\(Self.text(norms))")
        }
        if let problem = spec.choices[.problem], problem.source == .fixed,
            let spectrum = problem.entries[0].spectrum?.label {
            lines.append("eigenvalues=\(spectrum)")
        }
        if let blocks = layout.summaryBlocks { lines.append("keep=summary of \(blocks.trialsPerBlock) trials") }
        if let bound = spec.divergedAbove { lines.append("diverged_above.\(bound.quantity)=\(Self.text(bound.value))") }
        if let data = spec.choices[.problem]?.entries.first?.data { lines.append("problem.data=\(data.digest)") }
        if let defined = spec.choices[.problem]?.entries.first?.defined {
            lines.append("problem.definition=\(defined.canonicalText)")
        }
        for entry in spec.choices[.optimizer]?.entries ?? [] {
            if let own = entry.algorithm {
                lines.append("optimizer.definition \(own.definition.name)=\(own.canonicalText)")
            }
        }
        for own in layout.ownSchedules {
            lines.append("\(own.kind.fieldName).definition \(own.description.name)=\(own.canonicalText)")
        }
        return lines.sorted()
    }

    private var planLines: [String] {
        var lines = ["plan", "trials=\(layout.spec.trials)"]
        lines.append("record=\(layout.spec.record.map(\.name).joined(separator: ","))")
        let recorded = Set(layout.spec.record.map(\.name))
        for own in layout.spec.ownStatistics where recorded.contains(own.definition.name) {
            lines.append("record.definition \(own.definition.name)=\(own.definition.canonicalText)")
        }
        if let curve = layout.spec.curve {
            let names = curve.quantities.map(\.name).joined(separator: ",")
            lines.append("curves \(names) at \(Self.identity(curve.steps.map(Double.init)))")
            for own in layout.spec.ownStatistics where !recorded.contains(own.definition.name) {
                lines.append("curves.definition \(own.definition.name)=\(own.definition.canonicalText)")
            }
        }
        for dimension in layout.grid.dimensions {
            lines.append("dimension \(dimension.name)=\(Self.identity(dimension.values))")
        }
        let derived = Dictionary(uniqueKeysWithValues: layout.spec.derived.map { ($0.field.name, $0.program) })
        for quantity in layout.quantities where quantity.isCoordinate && derived[quantity.name] == nil {
            guard let values = quantity.table, !quantity.isDefault else { continue }
            let names = quantity.dimensions.map { layout.grid.dimensions[$0].name }.joined(separator: ",")
            let text = quantity.labels.map { labels in values.map { labels[Int($0)] }.joined(separator: ",") }
            lines.append("coordinate \(quantity.name)(\(names))=\(text ?? Self.identity(values))")
        }
        for (name, program) in derived.sorted(by: { $0.key < $1.key }) {
            lines.append("derive \(name)=\(program?.canonicalText ?? "")")
        }
        if let condition = layout.spec.condition { lines.append("where \(condition.program.canonicalText)") }
        return lines
    }

    private static func text(_ value: Double) -> String { brief(value) }
    private static func text(_ values: [Double]) -> String { values.map(brief).joined(separator: ",") }

    private static func identity(_ values: AxisValues) -> String {
        switch values {
        case .names(let names): names.joined(separator: ",")
        case .integers(let numbers): identity(numbers.map(Double.init))
        case .numbers(let numbers): identity(numbers)
        }
    }

    /// The digest of the numbers' bits, eight bytes each with the highest first: axes may have a million values.
    private static func identity(_ values: [Double]) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(8 * values.count)
        for value in values { withUnsafeBytes(of: value.bitPattern.bigEndian) { bytes.append(contentsOf: $0) } }
        return digest(bytes)
    }
}
