import TrialContract

extension HeaderReader {
    /// The trajectories that the file has; `nil` for none.
    func readCurve() throws -> CurveLayout? {
        guard let names = try file.readText("curves", of: group), !names.isEmpty else { return nil }
        let summaries = try file.readText("curve_summaries", of: group) ?? ""
        let texts = summaries.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let quantities = names.split(separator: " ").map(String.init)
        guard texts.count == quantities.count, case .integers(let steps) = try readValues(CurveLayout.stepName).values,
            !steps.isEmpty, steps.allSatisfy({ (0...1 << 53).contains($0) }), zip(steps, steps.dropFirst()).allSatisfy(<)
        else { throw contradiction(CurveLayout.stepName, "it is not the steps of trajectories") }
        return CurveLayout(
            steps: steps, quantities: zip(quantities, texts).map { CurveLayout.Quantity(name: $0, summary: $1) })
    }

    /// Where their variables begin.
    func readCurveOffsets(_ layout: ResultLayout) throws -> [String: Int] {
        var offsets: [String: Int] = [:]
        for variable in layout.curve?.variables ?? [] {
            let name = layout.storedPath(variable.name)
            let shape = try requireShape(name)
            guard shape.element == variable.element, let offset = try placed(shape, name),
                shape.lengths == layout.storedLengths(of: variable)
            else { throw contradiction(variable.name, "its type or shape is not that of a trajectory, or another program has packed it") }
            offsets[variable.name] = offset
        }
        return offsets
    }
}
