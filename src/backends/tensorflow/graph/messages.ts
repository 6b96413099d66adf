/** The protobuf classes that tfjs-node ships for SavedModels (`dist/proto/api_pb.js`), as far as they are used here. */
export interface Messages {
  readonly GraphDef: new () => GraphDef;
  readonly NodeDef: new () => NodeDef;
  readonly VersionDef: new () => { setProducer(version: number): void };
  readonly AttrValue: (new () => AttrValue) & {
    readonly ListValue: new () => { setTypeList(types: readonly number[]): void };
  };
  readonly TensorShape: (new () => TensorShape) & { readonly Dim: new () => { setSize(size: number): void } };
  readonly Tensor: new () => Tensor;
  readonly MetaGraphDef: (new () => MetaGraphDef) & { readonly MetaInfoDef: new () => MetaInfoDef };
  readonly SavedModel: new () => SavedModel;
  readonly SignatureDef: new () => SignatureDef;
  readonly TensorInfo: new () => TensorInfo;
}

export interface SignatureDef {
  getInputsMap(): { set(name: string, value: TensorInfo): void };
  getOutputsMap(): { set(name: string, value: TensorInfo): void };
  setMethodName(name: string): void;
}

export interface TensorInfo {
  setName(name: string): void;
  setDtype(type: number): void;
  setTensorShape(shape: TensorShape): void;
}

export interface GraphDef {
  addNode(node: NodeDef): void;
  setVersions(version: object): void;
}

export interface NodeDef {
  setName(name: string): void;
  setOp(op: string): void;
  addInput(input: string): void;
  getAttrMap(): { set(name: string, value: AttrValue): void };
}

export interface AttrValue {
  setType(type: number): void;
  setB(value: boolean): void;
  setI(value: number): void;
  setF(value: number): void;
  setS(value: Uint8Array): void;
  setShape(shape: TensorShape): void;
  setTensor(tensor: Tensor): void;
  setList(list: object): void;
}

export interface TensorShape {
  addDim(dim: object): void;
}

export interface Tensor {
  setDtype(type: number): void;
  setTensorShape(shape: TensorShape): void;
  setTensorContent(bytes: Uint8Array): void;
}

export interface MetaInfoDef {
  addTags(tag: string): void;
  setTensorflowVersion(version: string): void;
}

export interface MetaGraphDef {
  setMetaInfoDef(info: MetaInfoDef): void;
  setGraphDef(graph: GraphDef): void;
  getSignatureDefMap(): { set(name: string, value: SignatureDef): void };
}

export interface SavedModel {
  setSavedModelSchemaVersion(version: number): void;
  addMetaGraphs(graph: MetaGraphDef): void;
  serializeBinary(): Uint8Array;
}
