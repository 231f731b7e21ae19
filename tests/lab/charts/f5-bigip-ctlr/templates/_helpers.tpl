{{- define "f5-bigip-ctlr.name" -}}
{{ .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" }}
{{- end -}}

{{- define "f5-bigip-ctlr.fullname" -}}
{{ printf "%s-%s" .Release.Name (.Values.nameOverride | default .Chart.Name) | trunc 63 | trimSuffix "-" }}
{{- end -}}

{{- define "f5-bigip-ctlr.namespace" -}}
{{ .Values.namespace | default .Release.Namespace }}
{{- end -}}

{{- define "f5-bigip-ctlr.serviceAccountName" -}}
{{ .Values.serviceAccount.name | default (include "f5-bigip-ctlr.fullname" .) }}
{{- end -}}

{{- define "f5-bigip-ctlr.podLabels" -}}
app: {{ include "f5-bigip-ctlr.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/name: {{ include "f5-bigip-ctlr.name" . }}
release: {{ .Release.Name }}
{{- end -}}

{{- define "f5-bigip-ctlr.labels" -}}
{{ include "f5-bigip-ctlr.podLabels" . }}
chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "-" }}
heritage: {{ .Release.Service }}
{{- end -}}
