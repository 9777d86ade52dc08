import Testing
import TrialContract

@Suite struct VocabularyTests {
    @Test func anIntervalKnowsItsEnds() {
        let halfOpen = ParameterRange(0, 1, lowerIsOpen: true)
        #expect(!halfOpen.contains(0) && halfOpen.contains(0.5) && halfOpen.contains(1) && !halfOpen.contains(1.5))
        #expect(!halfOpen.contains(.nan))
        #expect(halfOpen.text == "(0, 1]")
        #expect(ParameterRange.positive.text == "(0, inf)" && !ParameterRange.positive.contains(.infinity))
        #expect(ParameterRange.nonNegative.contains(0) && !ParameterRange.nonNegative.contains(-1e-300))
    }

    @Test func aSpectrumKeepsTheOrderOfItsBlocks() {
        let spectrum = Spectrum(blocks: [EigenBlock(value: 2, multiplicity: 1), EigenBlock(value: 0.5, multiplicity: 3)])
        #expect(spectrum.dimension == 4 && spectrum.eigenvalues == [2, 0.5, 0.5, 0.5])
        #expect(spectrum.smallest == 0.5 && spectrum.largest == 2)
    }

    @Test func statusWordsAreThoseOfTheResultFile() {
        let flags = TrialStatus.allCases.map { "\($0.rawValue) \($0.meaning)" }
        #expect(flags == ["0 missing", "1 finished", "2 diverged", "3 excluded", "4 not_asked"])
    }

    @Test func catalogueMembersAreFoundByKindAndName() {
        let sgd = ComponentDescription(kind: .optimizer, name: "sgd", summary: "", formula: "")
        let none = ComponentDescription(kind: .noiseModel, name: "none", summary: "", formula: "")
        let catalogue = ComponentCatalogue(components: [sgd, none], kernelRevision: 1)
        #expect(catalogue.find(.optimizer, "sgd") == sgd)
        #expect(catalogue.find(.optimizer, "none") == nil)
        #expect(catalogue.all(.noiseModel) == [none])
    }
}
