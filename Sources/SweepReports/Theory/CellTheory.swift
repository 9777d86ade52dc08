import ScalingFits
import TrialContract

extension TheorySetting {
    /// What theory needs to know of a planned cell.
    package init(_ trialClass: TrialClass, _ cell: CellParameters) {
        let schedules = [trialClass.learningRateSchedule, trialClass.rhoSchedule]
        let norms = trialClass.start.blockNorms(trialClass.spectrum)
        self.init(
            problem: trialClass.problem.name, problemParameters: trialClass.problem.parameters,
            optimizer: trialClass.optimizer.name, optimizerParameters: trialClass.optimizer.parameters, noiseModel: trialClass.noiseModel.name,
            learningRate: cell.learningRate, rho: cell.rho, noise: cell.noisePerCoordinate, steps: trialClass.steps,
            blocks: trialClass.spectrum.blocks.enumerated().map { index, block in
                Block(
                    eigenvalue: block.value, multiplicity: block.multiplicity, startNorm: norms.map { $0[index] })
            },
            isConstant: schedules.allSatisfy { $0.name == "constant" })
    }
}

extension StartPoint {
    /// |x0 - x*| in each eigen-block, for minimisers at 0; `nil` where trials start at random points.
    fileprivate func blockNorms(_ spectrum: Spectrum) -> [Double]? {
        let blocks = spectrum.blocks
        switch self {
        case .radius(let radius):
            return blocks.map { radius * (Double($0.multiplicity) / Double(spectrum.dimension)).squareRoot() }
        case .blocks(let norms): return norms.count == blocks.count ? norms : nil
        case .vector(let vector):
            guard vector.count == spectrum.dimension else { return nil }
            var start = 0
            return blocks.map { block in
                defer { start += block.multiplicity }
                return vector[start..<start + block.multiplicity].reduce(0) { $0 + $1 * $1 }.squareRoot()
            }
        case .sphere, .defined: return nil
        }
    }
}
