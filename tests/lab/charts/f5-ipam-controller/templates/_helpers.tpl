{{- define "f5-ipam-controller.name" -}}
{{ .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" }}
{{- end -}}

{{- define "f5-ipam-controller.fullname" -}}
{{ printf "%s-%s" .Release.Name (.Values.nameOverride | default .Chart.Name) | trunc 63 | trimSuffix "-" }}
{{- end -}}

{{- define "f5-ipam-controller.namespace" -}}
{{ .Values.namespace | default .Release.Namespace }}
{{- end -}}

{{- define "f5-ipam-controller.serviceAccountName" -}}
{{ .Values.serviceAccount.name | default (include "f5-ipam-controller.fullname" .) }}
{{- end -}}

{{- define "f5-ipam-controller.claim" -}}
{{ .Values.pvc.name | default (include "f5-ipam-controller.fullname" .) }}
{{- end -}}

{{- define "f5-ipam-controller.labels" -}}
app: {{ include "f5-ipam-controller.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/name: {{ include "f5-ipam-controller.name" . }}
release: {{ .Release.Name }}
{{- end -}}
